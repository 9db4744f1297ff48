"""Starts a thread.

Stopped by: seccomp.
"""

# control: outside it succeeds
import threading
def attempt(where):
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    return True
