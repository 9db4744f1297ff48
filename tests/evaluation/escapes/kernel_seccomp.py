"""Installs a filter of its own.

Stopped by: seccomp.
"""

import ctypes
def attempt(where):
    return call("seccomp", 1, 0, None) == 0 or call("seccomp", 2, 0, ctypes.create_string_buffer(16)) == 0
