"""Raises StopIteration, so that tests inside `map` end early.

Stopped by: StopIteration crosses as RuntimeError.
"""

# control: outside it succeeds
def solve(number):
    raise StopIteration
