"""Starts another kernel.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("kexec_load", 0, 0, None, 0) == 0
