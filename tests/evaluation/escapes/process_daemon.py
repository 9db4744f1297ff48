"""Leaves a daemon that outlives the check.

Stopped by: seccomp refuses processes; all others end with the namespace's first.
"""

import os, time
def attempt(where):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
    return True
