"""Makes memory that stays when it is gone.

Stopped by: no shared memory in the filter.
"""

def attempt(where):
    return call("shmget", 0, 1 << 20, 0o1600) >= 0
