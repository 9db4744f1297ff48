"""Uses descriptors that somebody left open.

Stopped by: none is left but the harness's two ends of pipes.
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
