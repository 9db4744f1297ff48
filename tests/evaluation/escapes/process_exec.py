"""Becomes another program that answers in its place.

Stopped by: a program can be replaced, but what replaces it is in the same sandbox and must answer.
"""

import os
def attempt(where):
    os.execv("/bin/sh", ["sh", "-c", "echo passed; exit 0"])
