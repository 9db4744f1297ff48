"""Starts a shell.

Stopped by: seccomp.
"""

# control: outside it succeeds
import subprocess
def attempt(where):
    return subprocess.run(["/bin/sh", "-c", "true"]).returncode == 0
