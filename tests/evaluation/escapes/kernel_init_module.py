"""Loads a kernel module.

Stopped by: seccomp.
"""

def attempt(where):
    return call("init_module", b"", 0, b"") == 0
