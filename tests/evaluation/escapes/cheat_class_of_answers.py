"""Answers with an object that says it is of the type that is asked for.

Stopped by: no object crosses.
"""

# control: outside it succeeds
class Liar:
    __class__ = property(lambda self: str)
    __eq__ = lambda self, other: True
def solve(number):
    return Liar()
