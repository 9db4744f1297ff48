"""Attaches to another process as a debugger.

Stopped by: seccomp.
"""

import os
def attempt(where):
    return call("ptrace", 16, os.getppid(), 0, 0) == 0
