"""Talks to a daemon by a socket without a file.

Stopped by: no sockets in the filter, no network in the namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    line = socket.socket(socket.AF_UNIX)
    line.connect("\0" + where["abstract"])
    return True
