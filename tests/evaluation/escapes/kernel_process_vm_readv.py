"""Reads the memory of another process.

Stopped by: seccomp.
"""

import os
def attempt(where):
    return call("process_vm_readv", os.getppid(), None, 0, None, 0, 0) >= 0
