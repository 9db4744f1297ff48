"""Ends the process with success before the tests are done.

Stopped by: who has not answered has failed.
"""

# control: outside it succeeds
import os
def solve(number):
    os._exit(0)
