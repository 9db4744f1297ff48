"""Writes garbage to every descriptor.

Stopped by: garbage is not a valid answer.
"""

import os
def attempt(where):
    for number in range(64):
        try:
            os.write(number, b"\0nonsense\n" * 100)
        except OSError:
            continue
