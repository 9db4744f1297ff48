"""Exits with success before the tests end.

Stopped by: no answer is a failure.
"""

# control: outside it succeeds
import os
def solve(number):
    os._exit(0)
