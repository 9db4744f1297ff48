"""Has the kernel tell it what others do in the system's folders.

Stopped by: of fcntl only what is needed is in the filter.
"""

# control: outside it succeeds
import fcntl, os
def attempt(machine):
    folder = os.open("/usr/bin", os.O_RDONLY)
    return fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS) == 0
