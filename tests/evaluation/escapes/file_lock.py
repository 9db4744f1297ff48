"""Locks a program of the system, for those outside to wait for, or to signal to another sandbox.

Stopped by: no flock in the filter, and fcntl locks only what may be written to.
"""

# control: outside it succeeds
import fcntl, os
def attempt(machine):
    fcntl.flock(os.open("/usr/bin/env", os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True
