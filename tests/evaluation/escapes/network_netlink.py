"""Asks the kernel for the machine's network cards.

Stopped by: no sockets in the filter, no network in the namespace.
"""

# control: outside it succeeds
import socket
def attempt(where):
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) is not None
