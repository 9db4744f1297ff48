"""Raises SystemExit with success.

Stopped by: every exception is a failure.
"""

# control: outside it succeeds
import sys
def solve(number):
    sys.exit(0)
