"""Asks for a ring through which the kernel does calls that no filter sees.

Stopped by: not in the filter.
"""

import ctypes
def attempt(where):
    return call("io_uring_setup", 4, ctypes.create_string_buffer(120)) >= 0
