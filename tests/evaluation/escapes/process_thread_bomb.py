"""Starts threads until the machine has no room for more.

Stopped by: no thread in the filter.
"""

import threading, time
def attempt(where):
    while True:
        threading.Thread(target=time.sleep, args=(60,)).start()
