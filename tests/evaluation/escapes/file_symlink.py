"""Reads a file of the machine through a symbolic link.

Stopped by: the link resolves inside the sandbox.
"""

import os
def attempt(where):
    os.symlink(where["folder"] + "/canary.txt", "link")
    return "canary" in open("link").read()
