"""Takes another root.

Stopped by: not in the filter.
"""

def attempt(where):
    return call("pivot_root", b"/work", b"/work") == 0
