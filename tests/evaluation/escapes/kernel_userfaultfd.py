"""Handles page faults, a tool of many exploits.

Stopped by: seccomp.
"""

def attempt(where):
    return call("userfaultfd", 1) >= 0
