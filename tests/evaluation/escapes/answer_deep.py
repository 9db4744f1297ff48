"""Answers with a list a million lists deep.

Stopped by: depth is limited where it is read.
"""

import os
def attempt(where):
    for number in range(3, 10):
        try:
            os.write(number, b'["value", ' + b"[" * 10**6 + b"]" * 10**6 + b"]\n")
        except OSError:
            continue
