"""Makes two sockets that are joined, which need no network.

Stopped by: no sockets in the filter.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.socketpair() is not None
