"""Changes the expected value in its caller's frame.

Stopped by: its caller is the harness, not the tests.
"""

# control: outside it succeeds
import sys
def solve(number):
    sys._getframe(1).f_globals["ANSWER"] = 0
    return 0
