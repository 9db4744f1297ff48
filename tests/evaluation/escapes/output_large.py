"""Prints a gigabyte.

Stopped by: output is discarded; the time counts against it.
"""

import sys
def attempt(where):
    line = "a" * (1 << 20)
    while True:
        sys.stdout.write(line)
