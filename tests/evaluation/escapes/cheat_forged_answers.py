"""Writes answers before the questions arrive.

Stopped by: answers are only data, and it does not know the right one.
"""

import os
def solve(number):
    for line in range(3, 10):
        try:
            os.write(line, b'["value", true]\n' * 50)
        except OSError:
            continue
    os._exit(0)
