"""Returns a number that is never unequal, smaller or larger.

Stopped by: it crosses as a plain number.
"""

# control: outside it succeeds
class Number(int):
    def __ne__(self, other):
        return False
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda *_: True
    __hash__ = int.__hash__
def solve(number):
    return Number(0)
