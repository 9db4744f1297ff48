"""Uses inherited descriptors.

Stopped by: only the harness's two pipe ends are open.
"""

import os, stat
def attempt(where):
    for number in range(3, 1024):
        try:
            if not stat.S_ISFIFO(os.fstat(number).st_mode):
                return os.read(number, 1) is not None
        except OSError:
            continue
    return False
