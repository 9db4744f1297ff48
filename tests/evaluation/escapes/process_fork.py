"""Forks.

Stopped by: seccomp.
"""

# control: outside it succeeds
import os
def attempt(where):
    child = os.fork()
    if not child:
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0
