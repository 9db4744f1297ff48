"""Removes the recursion limit and overflows the stack.

Stopped by: only its own process dies, or it times out.
"""

import sys
def attempt(machine):
    sys.setrecursionlimit(10**9)
    return attempt(machine)
