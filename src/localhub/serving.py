"""One process that serves a folder on a port until SIGTERM or ctrl-C."""

from __future__ import annotations

import fcntl
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from localhub.errors import StartError

HOST = "127.0.0.1"
_BACKLOG = 2048
_LAST_PORT = 65_535
_GRACE_SECONDS = 5  # for requests in progress after the signal to stop


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make a folder and hold its lock. Raises: StartError for a folder that is not writable, or that another process serves."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "lock").open("w")
    except OSError as error:
        raise StartError(f"{folder}: cannot be written: {error.strerror}. Allowed: a writable --dir folder.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(
                f"{folder}: another `seedbed hub` serves it. Allowed: one process per folder, or another --dir."
            ) from error
        yield


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Bind a port of the loopback address; 0 takes a free one. Raises: StartError for a port that is taken or not a port."""
    if not 0 <= port <= _LAST_PORT:
        raise StartError(f"--port {port}: not a port. Allowed: 1 to {_LAST_PORT}, or 0 for any that is free.")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(_BACKLOG)
        except OSError as error:
            raise StartError(f"port {port}: {error.strerror}. Allowed: a free port, 1 to {_LAST_PORT}, or 0 for any.") from error
        yield listener


def run(app: Any, listener: socket.socket) -> None:
    """Serve an ASGI application until SIGTERM or ctrl-C; prints `hub: http://HOST:PORT` when it is ready."""
    config = uvicorn.Config(
        app,
        access_log=False,  # a signed link is good for a while, so no log holds one
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    _Server(config, f"hub: http://{HOST}:{listener.getsockname()[1]}\n").run([listener])


class _Server(uvicorn.Server):
    """Prints when it is ready, and exits with 0 after a signal."""

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
