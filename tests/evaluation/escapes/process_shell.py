"""Starts a shell.

Stopped by: no new process in the filter.
"""

# control: outside it succeeds
import subprocess
def attempt(where):
    return subprocess.run(["/bin/sh", "-c", "true"]).returncode == 0
