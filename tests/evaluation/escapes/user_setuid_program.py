"""Runs a setuid-root program.

Stopped by: no program gains privileges.
"""

import os
def attempt(where):
    for program in ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/mount", "/usr/bin/passwd"):
        if os.path.exists(program):
            os.execv(program, [program, "--bind", "/usr", "/work"])
    return False
