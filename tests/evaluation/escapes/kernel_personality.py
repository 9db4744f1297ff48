"""Turns off address randomisation.

Stopped by: seccomp.
"""

def attempt(where):
    return call("personality", 0x0040000) >= 0
