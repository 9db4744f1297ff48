"""Raises its priority.

Stopped by: no permission; seccomp.
"""

import os
def attempt(machine):
    for try_it in (lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)), lambda: os.setpriority(0, 0, -20)):
        try:
            try_it()
        except OSError:
            continue
        return True
