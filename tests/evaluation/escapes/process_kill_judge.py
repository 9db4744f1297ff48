"""Kills the process of the machine that judges it.

Stopped by: that number is nobody's in its namespace.
"""

import os, signal
def attempt(where):
    os.kill(where["pid"], signal.SIGTERM)
    return True
