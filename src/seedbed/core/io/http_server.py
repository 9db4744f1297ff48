"""Serve an ASGI application on a port until SIGTERM or ctrl-C."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from seedbed.core.errors import InputError

_BACKLOG = 2048
_LAST_PORT = 65_535


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Bind a port before any slow work starts; port 0 takes any free port.

    Raises: InputError for a port that is taken or out of range, and for a host that is not an address of this machine.
    """
    if not 0 <= port <= _LAST_PORT:  # the system would take the rest of a division
        raise InputError(f"--port {port}: no port. Allowed: 1 to {_LAST_PORT}, or 0 for any that is free.")
    try:
        ((family, kind, protocol, _, address), *_) = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise InputError(f"--host {host}: not an address of this machine. Allowed: such as 127.0.0.1.") from error
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError as error:
            raise InputError(f"port {port}: {error.strerror}. Allowed: a free port, 1 to {_LAST_PORT}, or 0 for any.") from error
        yield listener


def run(app: Any, listener: socket.socket, host: str, *, called: str, grace_seconds: int) -> None:
    """Serve an ASGI application until SIGTERM or ctrl-C. Prints `CALLED: http://HOST:PORT` when it is ready.

    Args: host: as printed; called: name printed before the address; grace_seconds: how long open requests may go on after the
    signal.
    """
    config = uvicorn.Config(
        app,
        access_log=False,  # paths and addresses are private, and a signed link stays valid for a while
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=grace_seconds,
    )
    shown = f"[{host}]" if ":" in host else host
    _Server(config, f"{called}: http://{shown}:{listener.getsockname()[1]}\n").run([listener])


class _Server(uvicorn.Server):
    """Prints a line when it is ready, and ends normally on a signal."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(self._ready)
        sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()  # uvicorn would raise them again
