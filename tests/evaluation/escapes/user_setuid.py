"""Becomes root.

Stopped by: no permission.
"""

import os
def attempt(where):
    os.setuid(0)
    return True
