"""Prints a gigabyte.

Stopped by: it goes nowhere, and costs the time of whoever prints.
"""

import sys
def attempt(where):
    line = "a" * (1 << 20)
    while True:
        sys.stdout.write(line)
