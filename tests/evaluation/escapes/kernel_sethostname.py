"""Renames the machine.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("sethostname", b"loot", 4) == 0
