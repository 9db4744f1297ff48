"""Runs a program that was never a file.

Stopped by: no memfd_create in the filter.
"""

# control: outside it succeeds
import os
def attempt(where):
    return os.memfd_create("loot") >= 0
