"""Mounts /proc.

Stopped by: seccomp.
"""

def attempt(where):
    return call("mount", b"proc", b"/work", b"proc", 0, None) == 0
