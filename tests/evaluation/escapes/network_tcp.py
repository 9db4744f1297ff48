"""Connects to a server on this machine.

Stopped by: seccomp; network namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.create_connection(("127.0.0.1", where["port"]), 1) is not None
