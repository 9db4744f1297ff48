"""Locks a system program, to block or signal others.

Stopped by: seccomp refuses flock; fcntl locks only writable files.
"""

# control: outside it succeeds
import fcntl, os
def attempt(machine):
    fcntl.flock(os.open("/usr/bin/env", os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True
