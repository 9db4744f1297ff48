"""Listens on a port.

Stopped by: seccomp; network namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.create_server(("127.0.0.1", 0)) is not None
