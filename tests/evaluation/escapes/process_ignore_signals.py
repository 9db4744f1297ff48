"""Ignores all signals and computes on.

Stopped by: at the CPU limit, a signal that cannot be ignored.
"""

import signal
def attempt(where):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
