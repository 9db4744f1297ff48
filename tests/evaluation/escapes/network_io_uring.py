"""Sets up io_uring, whose calls no filter sees.

Stopped by: seccomp.
"""

import ctypes
def attempt(where):
    return call("io_uring_setup", 4, ctypes.create_string_buffer(120)) >= 0
