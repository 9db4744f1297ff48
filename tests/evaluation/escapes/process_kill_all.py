"""Kills every process that it may.

Stopped by: all of its namespace is itself; who is killed has not answered.
"""

import os, signal
def attempt(where):
    for number in (-1, 0, *range(1, 100)):
        try:
            os.kill(number, signal.SIGKILL)
        except OSError:
            continue
