"""Looks into homes, for keys.

Stopped by: homes are not there; the one that holds the interpreter shows the way to it alone.
"""

import glob
def attempt(where):
    return bool(glob.glob("/home/*") + glob.glob("/root/.ssh") + glob.glob("/root/.[!p]*"))
