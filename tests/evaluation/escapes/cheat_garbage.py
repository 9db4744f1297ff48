"""Searches all objects of its process for the answer.

Stopped by: the answer is not in its process.
"""

# control: outside it succeeds
import gc
def solve(number):
    for held in gc.get_objects():
        for value in gc.get_referents(held):
            if isinstance(value, str) and value.startswith("answer-"):
                return value
