"""Opens a port for others to come in.

Stopped by: no sockets in the filter, no network in the namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.create_server(("127.0.0.1", 0)) is not None
