"""Opens a file by its handle, past all folders.

Stopped by: seccomp.
"""

import ctypes
def attempt(where):
    return call("open_by_handle_at", -100, ctypes.create_string_buffer(128), 0) >= 0
