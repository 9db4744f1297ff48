"""Has the kernel report what others do in system folders.

Stopped by: seccomp allows only some fcntl commands.
"""

# control: outside it succeeds
import fcntl, os
def attempt(machine):
    folder = os.open("/usr/bin", os.O_RDONLY)
    return fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS) == 0
