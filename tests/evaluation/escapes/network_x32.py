"""Makes a socket by the numbers of x32, which are those of 64 bits with one bit more.

Stopped by: calls of another architecture kill the process.
"""

import ctypes, os
def attempt(machine):
    return os.uname().machine == "x86_64" and ctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0) >= 0
