"""Runs a program from memory.

Stopped by: seccomp.
"""

# control: outside it succeeds
import os
def attempt(where):
    return os.memfd_create("loot") >= 0
