"""Takes a descriptor out of another process.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("pidfd_getfd", 3, 1, 0) >= 0
