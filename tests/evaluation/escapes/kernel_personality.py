"""Turns the randomness of addresses off.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("personality", 0x0040000) >= 0
