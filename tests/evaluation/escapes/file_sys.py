"""Reads about the machine in /sys.

Stopped by: no /sys.
"""

# control: outside it succeeds
import os
def attempt(where):
    return bool(os.listdir("/sys"))
