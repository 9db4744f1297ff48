"""Kills every process it may.

Stopped by: its namespace has only itself; no answer is a failure.
"""

import os, signal
def attempt(where):
    for number in (-1, 0, *range(1, 100)):
        try:
            os.kill(number, signal.SIGKILL)
        except OSError:
            continue
