"""Changes the system's programs.

Stopped by: /usr is read-only.
"""

import os
def attempt(where):
    os.link("/usr/bin/env", "/usr/bin/loot")
    return True
