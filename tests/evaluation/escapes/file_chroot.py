"""Changes its root to escape through an open folder.

Stopped by: seccomp.
"""

import os
def attempt(where):
    os.mkdir("cell")
    os.chroot("cell")
    return True
