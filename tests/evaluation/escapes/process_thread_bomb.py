"""Starts threads without end.

Stopped by: seccomp.
"""

import threading, time
def attempt(where):
    while True:
        threading.Thread(target=time.sleep, args=(60,)).start()
