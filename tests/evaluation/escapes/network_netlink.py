"""Asks the kernel for network cards.

Stopped by: seccomp; network namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) is not None
