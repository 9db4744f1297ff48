"""Kills the process that started it.

Stopped by: its parent is the sandbox's first process, which takes no signal from inside.
"""

import os, signal, time
def attempt(where):
    os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getppid(), 0)
    raise RuntimeError("still there")
