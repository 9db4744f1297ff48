"""Attaches to another process as a debugger.

Stopped by: not in the filter.
"""

import os
def attempt(where):
    return call("ptrace", 16, os.getppid(), 0, 0) == 0
