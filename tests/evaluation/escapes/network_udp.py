"""Sends a datagram to the world.

Stopped by: no sockets in the filter, no network in the namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"loot", ("127.0.0.1", 53535)) == 4
