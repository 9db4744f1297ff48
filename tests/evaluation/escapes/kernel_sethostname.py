"""Renames the machine.

Stopped by: seccomp.
"""

def attempt(where):
    return call("sethostname", b"loot", 4) == 0
