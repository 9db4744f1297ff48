"""Becomes root.

Stopped by: it has no right to.
"""

import os
def attempt(where):
    os.setuid(0)
    return True
