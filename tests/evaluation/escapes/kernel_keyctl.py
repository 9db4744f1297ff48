"""Reads keys that the kernel holds for the account.

Stopped by: seccomp.
"""

def attempt(where):
    return call("keyctl", 0, -3, 1) >= 0
