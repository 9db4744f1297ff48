"""Takes a lease of the interpreter's file, so that whoever would write to it has to wait.

Stopped by: of fcntl only what is needed is in the filter.
"""

import fcntl, os, sys
def attempt(machine):
    return fcntl.fcntl(os.open(sys.executable, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK) == 0
