"""Looks for keys in home folders.

Stopped by: homes are absent; of one that contains the interpreter, only the path to it exists.
"""

import glob
def attempt(where):
    return bool(glob.glob("/home/*") + glob.glob("/root/.ssh") + glob.glob("/root/.[!p]*"))
