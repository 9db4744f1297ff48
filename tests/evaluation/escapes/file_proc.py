"""Reads about processes in /proc.

Stopped by: no /proc.
"""

# control: outside it succeeds
import os
def attempt(where):
    return bool(os.listdir("/proc"))
