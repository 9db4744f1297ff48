"""Restarts the machine.

Stopped by: seccomp.
"""

def attempt(where):
    return call("reboot", 0xFEE1DEAD, 672274793, 0x89ABCDEF, None) == 0
