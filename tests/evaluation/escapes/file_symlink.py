"""Reads a file of the machine through a link that it makes.

Stopped by: a link leads to the same empty place.
"""

import os
def attempt(where):
    os.symlink(where["folder"] + "/canary.txt", "link")
    return "canary" in open("link").read()
