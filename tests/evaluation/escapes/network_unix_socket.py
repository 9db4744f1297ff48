"""Talks to a daemon by its socket, as dbus and docker have one.

Stopped by: no sockets in the filter, no network in the namespace; the socket's folder is not there.
"""

# control: outside it succeeds
import socket
def attempt(where):
    line = socket.socket(socket.AF_UNIX)
    line.connect(where["socket"])
    return True
