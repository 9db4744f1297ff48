"""Returns a list nested a million levels deep.

Stopped by: the reader limits depth.
"""

import os
def attempt(where):
    for number in range(3, 10):
        try:
            os.write(number, b'["value", ' + b"[" * 10**6 + b"]" * 10**6 + b"]\n")
        except OSError:
            continue
