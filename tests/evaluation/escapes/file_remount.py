"""Remounts a read-only folder as writable.

Stopped by: seccomp.
"""

def attempt(where):
    return call("mount", None, b"/usr", None, 32 | 4096, None) == 0  # MS_REMOUNT | MS_BIND
