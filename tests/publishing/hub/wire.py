"""A wire between a client and a Hub that counts what is sent, and stops where a test wants the client to die."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

Stop = Callable[[bytes, int], bool]


def never(data: bytes, sent: int) -> bool:
    return False


@dataclass
class Wire:
    """Forwards to `port`. `hold_request` sees each piece before it goes to the Hub, `hold_reply` the pieces already sent.

    What holds stays on hold until the wire is cut; `held` is set then. `sent` counts bytes that reached the Hub.
    """

    port: int
    hold_request: Stop = never
    hold_reply: Stop = never
    sent: int = 0
    held: threading.Event = field(default_factory=threading.Event)
    cut: threading.Event = field(default_factory=threading.Event)
    _replies_on_hold: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def join(self, client: socket.socket) -> None:
        """Forward one connection, in threads of its own."""
        hub = socket.create_connection(("127.0.0.1", self.port))
        for pump in (self._requests, self._replies):
            threading.Thread(target=pump, args=(client, hub), daemon=True).start()

    def _requests(self, client: socket.socket, hub: socket.socket) -> None:
        while data := _received(client):
            with self._lock:
                if self.hold_request(data, self.sent):
                    self._hold()
                if self.cut.is_set():
                    break
                if self.hold_reply(data, self.sent):
                    self._replies_on_hold.set()
                self.sent += len(data)
                try:
                    hub.sendall(data)
                except OSError:
                    break
        _end(hub)

    def _replies(self, client: socket.socket, hub: socket.socket) -> None:
        while data := _received(hub):
            if self._replies_on_hold.is_set():
                self._hold()
                break
            try:
                client.sendall(data)
            except OSError:
                break
        _end(client)

    def _hold(self) -> None:
        self.held.set()
        self.cut.wait()


def _end(end: socket.socket) -> None:
    """Close a connection that another thread may be reading from."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(1 << 16)
    except OSError:
        return b""


class Address:
    """One address, so that a client finds its caches again; the wire behind it can be changed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._wire = Wire(port)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def lay(self, hold_request: Stop = never, hold_reply: Stop = never) -> Wire:
        """Cut the wire that was there, and lay another for connections from now on."""
        self._wire.cut.set()
        self._wire = Wire(self._port, hold_request, hold_reply)
        return self._wire

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._wire.join(client)

    def close(self) -> None:
        self._wire.cut.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
