"""Loads another kernel.

Stopped by: seccomp.
"""

def attempt(where):
    return call("kexec_load", 0, 0, None, 0) == 0
