"""Takes a lease on the interpreter's file to block writers.

Stopped by: seccomp allows only some fcntl commands.
"""

import fcntl, os, sys
def attempt(machine):
    return fcntl.fcntl(os.open(sys.executable, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK) == 0
