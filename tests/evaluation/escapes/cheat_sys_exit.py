"""Leaves with the exception that means success.

Stopped by: an exception is a failure, whatever its name.
"""

# control: outside it succeeds
import sys
def solve(number):
    sys.exit(0)
