"""Handles the kernel's page faults, a tool of many exploits.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("userfaultfd", 1) >= 0
