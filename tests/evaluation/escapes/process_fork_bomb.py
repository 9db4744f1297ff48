"""Forks without end.

Stopped by: seccomp.
"""

import os
def attempt(where):
    while True:
        os.fork()
