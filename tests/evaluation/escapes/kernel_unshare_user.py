"""Makes a user namespace, to be root in it.

Stopped by: seccomp.
"""

def attempt(where):
    return call("unshare", 0x10000000) == 0
