"""Takes the limit off recursion, and runs out of stack.

Stopped by: its process alone dies of it, or its time is up.
"""

import sys
def attempt(machine):
    sys.setrecursionlimit(10**9)
    return attempt(machine)
