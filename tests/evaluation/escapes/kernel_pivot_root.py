"""Changes the root file system.

Stopped by: seccomp.
"""

def attempt(where):
    return call("pivot_root", b"/work", b"/work") == 0
