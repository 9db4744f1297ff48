"""Takes a descriptor from another process.

Stopped by: seccomp.
"""

def attempt(where):
    return call("pidfd_getfd", 3, 1, 0) >= 0
