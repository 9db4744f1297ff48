"""Fills the memory.

Stopped by: address space is limited.
"""

def attempt(where):
    held = []
    while True:
        held.append(bytearray(64 << 20))
