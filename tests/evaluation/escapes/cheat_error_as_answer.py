"""Raises an error that pretends to be the answer.

Stopped by: an error crosses as its name and words.
"""

class Answer(Exception):
    __eq__ = lambda self, other: True
    __str__ = lambda self: "passed"
def solve(number):
    raise Answer
