"""Changes its root, to leave by an open folder.

Stopped by: no chroot in the filter.
"""

import os
def attempt(where):
    os.mkdir("cell")
    os.chroot("cell")
    return True
