"""Starts a process by raw system calls.

Stopped by: seccomp.
"""

import os, signal
def attempt(where):
    try:
        child = call("clone3", None, 0)
    except OSError:
        child = call("clone", signal.SIGCHLD, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    return True
