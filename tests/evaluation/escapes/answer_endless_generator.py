"""Returns an endless sequence.

Stopped by: memory and time limits of its own process.
"""

import itertools
def attempt(where):
    return list(itertools.repeat(0))
