"""Watches what others do with files.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("fanotify_init", 0, 0) >= 0
