"""Sends an answer line that never ends.

Stopped by: line length and time are limited.
"""

import os
def attempt(where):
    piece = b"[" * (1 << 20)
    while True:
        for number in range(3, 10):
            try:
                os.write(number, piece)
            except OSError:
                continue
