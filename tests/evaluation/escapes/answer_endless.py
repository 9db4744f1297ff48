"""Answers with a line that does not end.

Stopped by: the longest line is limited, and so is time.
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
