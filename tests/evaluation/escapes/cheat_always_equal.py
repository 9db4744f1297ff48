"""Answers with an object that equals everything.

Stopped by: no object crosses, it is a number to the tests and equals itself alone.
"""

# control: outside it succeeds
class Equal:
    def __eq__(self, other):
        return True
    __hash__ = None
def solve(number):
    return Equal()
