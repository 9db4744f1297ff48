"""Makes every end of its process a success.

Stopped by: its process's exit code counts for nothing.
"""

# control: outside it succeeds
import atexit, os
atexit.register(os._exit, 0)
def solve(number):
    raise ValueError
