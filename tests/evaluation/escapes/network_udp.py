"""Sends a datagram to the internet.

Stopped by: seccomp; network namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"loot", ("127.0.0.1", 53535)) == 4
