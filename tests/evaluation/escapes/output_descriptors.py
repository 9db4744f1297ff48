"""Writes nonsense to every descriptor.

Stopped by: it is an answer that is none.
"""

import os
def attempt(where):
    for number in range(64):
        try:
            os.write(number, b"\0nonsense\n" * 100)
        except OSError:
            continue
