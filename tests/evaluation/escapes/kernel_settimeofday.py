"""Sets the clock.

Stopped by: seccomp.
"""

import ctypes
def attempt(where):
    return call("settimeofday", ctypes.create_string_buffer(16), None) == 0
