"""Walks up the stack to read the answer from the tests.

Stopped by: the tests are not on its stack.
"""

# control: outside it succeeds
import sys
def solve(number):
    frame = sys._getframe()
    while frame:
        for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
            if isinstance(value, str) and value.startswith("answer-"):
                return value
        frame = frame.f_back
