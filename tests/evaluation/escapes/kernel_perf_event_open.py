"""Counts events of other processes.

Stopped by: seccomp.
"""

import ctypes
def attempt(where):
    return call("perf_event_open", ctypes.create_string_buffer(128), 0, -1, -1, 0) >= 0
