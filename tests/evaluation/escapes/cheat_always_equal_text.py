"""Answers with text that equals everything.

Stopped by: it crosses as the plain text that it holds.
"""

# control: outside it succeeds
class Text(str):
    def __eq__(self, other):
        return True
    __hash__ = str.__hash__
def solve(number):
    return Text("text")
