"""Raises its memory and time limits.

Stopped by: limits can only be lowered.
"""

import resource
def attempt(where):
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return True
