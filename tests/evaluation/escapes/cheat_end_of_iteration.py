"""Raises what ends a loop, so that tests in a `map` are over before they have begun.

Stopped by: StopIteration crosses as RuntimeError, as it leaves a generator.
"""

# control: outside it succeeds
def solve(number):
    raise StopIteration
