"""Climbs out of its root.

Stopped by: the root is that of the sandbox.
"""

# control: outside it succeeds
import os
def attempt(where):
    return "canary" in open("../" * 50 + where["folder"] + "/canary.txt").read()
