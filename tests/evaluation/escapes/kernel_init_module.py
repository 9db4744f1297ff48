"""Loads a kernel module.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("init_module", b"", 0, b"") == 0
