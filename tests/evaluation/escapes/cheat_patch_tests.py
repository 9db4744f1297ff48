"""Changes what the tests expect, in the frame that called it.

Stopped by: the frame that called it is the harness's own.
"""

# control: outside it succeeds
import sys
def solve(number):
    sys._getframe(1).f_globals["ANSWER"] = 0
    return 0
