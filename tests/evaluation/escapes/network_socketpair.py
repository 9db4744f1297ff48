"""Makes a socket pair, which needs no network.

Stopped by: seccomp.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.socketpair() is not None
