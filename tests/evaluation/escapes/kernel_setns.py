"""Joins another namespace.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("setns", 0, 0) == 0
