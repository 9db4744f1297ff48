"""Swallows the failure in an exception hook.

Stopped by: the failure is in the other process.
"""

# control: outside it succeeds
import os, sys
sys.excepthook = lambda *_: os._exit(0)
def solve(number):
    return 0
