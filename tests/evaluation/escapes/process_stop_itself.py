"""Stops itself, so that it never ends.

Stopped by: wall time is limited.
"""

import os, signal
def attempt(where):
    os.kill(os.getpid(), signal.SIGSTOP)
