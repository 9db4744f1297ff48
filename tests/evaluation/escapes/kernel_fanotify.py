"""Watches file access of others.

Stopped by: seccomp.
"""

def attempt(where):
    return call("fanotify_init", 0, 0) >= 0
