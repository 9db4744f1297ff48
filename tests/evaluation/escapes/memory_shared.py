"""Makes shared memory that outlives it.

Stopped by: seccomp.
"""

def attempt(where):
    return call("shmget", 0, 1 << 20, 0o1600) >= 0
