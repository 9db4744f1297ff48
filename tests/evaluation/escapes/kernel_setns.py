"""Joins another namespace.

Stopped by: seccomp.
"""

def attempt(where):
    return call("setns", 0, 0) == 0
