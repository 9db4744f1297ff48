"""Reads the memory of another process.

Stopped by: not in the filter.
"""

import os
def attempt(where):
    return call("process_vm_readv", os.getppid(), None, 0, None, 0, 0) >= 0
