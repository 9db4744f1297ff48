"""Makes what is read-only writable.

Stopped by: no mount in the filter.
"""

def attempt(where):
    return call("mount", None, b"/usr", None, 32 | 4096, None) == 0  # MS_REMOUNT | MS_BIND
