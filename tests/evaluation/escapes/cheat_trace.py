"""Installs a trace function to skip the assertion.

Stopped by: the tests do not run in its process.
"""

# control: outside it succeeds
import os, sys
def solve(number):
    sys.settrace(lambda frame, event, value: os._exit(0))
    sys._getframe(1).f_trace = lambda frame, event, value: os._exit(0)
    return 0
