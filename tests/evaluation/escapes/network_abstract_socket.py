"""Connects to a daemon's socket that has no file.

Stopped by: seccomp; network namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    line = socket.socket(socket.AF_UNIX)
    line.connect("\0" + where["abstract"])
    return True
