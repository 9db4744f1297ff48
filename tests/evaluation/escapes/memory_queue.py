"""Leaves messages in the kernel.

Stopped by: seccomp.
"""

def attempt(where):
    return call("msgget", 0, 0o1600) >= 0
