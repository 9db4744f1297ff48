"""Replaces itself by a program that claims success.

Stopped by: the new program is in the same sandbox and must answer.
"""

import os
def attempt(where):
    os.execv("/bin/sh", ["sh", "-c", "echo passed; exit 0"])
