"""Climbs out of its root with `..`.

Stopped by: its root is the sandbox's.
"""

# control: outside it succeeds
import os
def attempt(where):
    return "canary" in open("../" * 50 + where["folder"] + "/canary.txt").read()
