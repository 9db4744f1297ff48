"""Leaves a daemon behind that outlives the check.

Stopped by: no new process in the filter; with the first process of the namespace all others end.
"""

import os, time
def attempt(where):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
    return True
