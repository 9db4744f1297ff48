"""Makes a user namespace, to be root in it.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("unshare", 0x10000000) == 0
