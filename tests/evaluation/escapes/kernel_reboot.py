"""Restarts the machine.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("reboot", 0xFEE1DEAD, 672274793, 0x89ABCDEF, None) == 0
