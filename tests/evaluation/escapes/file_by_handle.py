"""Opens a file by its number, past all folders.

Stopped by: not in the filter.
"""

import ctypes
def attempt(where):
    return call("open_by_handle_at", -100, ctypes.create_string_buffer(128), 0) >= 0
