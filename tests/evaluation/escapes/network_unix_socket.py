"""Connects to a daemon's socket file, such as docker's.

Stopped by: seccomp; network namespace; the file is absent.
"""

# control: outside it succeeds
import socket
def attempt(where):
    line = socket.socket(socket.AF_UNIX)
    line.connect(where["socket"])
    return True
