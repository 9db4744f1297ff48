"""Makes a socket by an x32 system call number.

Stopped by: seccomp kills on calls of another architecture.
"""

import ctypes, os
def attempt(machine):
    return os.uname().machine == "x86_64" and ctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0) >= 0
