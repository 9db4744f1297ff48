"""Mounts /proc for itself.

Stopped by: no mount in the filter.
"""

def attempt(where):
    return call("mount", b"proc", b"/work", b"proc", 0, None) == 0
