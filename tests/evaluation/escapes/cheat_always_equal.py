"""Returns an object that equals everything.

Stopped by: objects stay in the solution's process; the tests get a handle that equals only itself.
"""

# control: outside it succeeds
class Equal:
    def __eq__(self, other):
        return True
    __hash__ = None
def solve(number):
    return Equal()
