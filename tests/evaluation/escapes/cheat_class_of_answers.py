"""Returns an object that claims to have the expected type.

Stopped by: objects do not cross.
"""

# control: outside it succeeds
class Liar:
    __class__ = property(lambda self: str)
    __eq__ = lambda self, other: True
def solve(number):
    return Liar()
