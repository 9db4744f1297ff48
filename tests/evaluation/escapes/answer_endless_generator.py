"""Answers with a sequence that has no end.

Stopped by: the limits of its own memory and time.
"""

import itertools
def attempt(where):
    return list(itertools.repeat(0))
