"""Reads kernel messages.

Stopped by: seccomp.
"""

import ctypes
def attempt(where):
    return call("syslog", 3, ctypes.create_string_buffer(4096), 4096) >= 0
