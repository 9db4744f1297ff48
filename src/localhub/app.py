"""The application: routes, middleware, and the server that runs it."""

from __future__ import annotations

import fcntl
import logging
import socket
import sqlite3
import sys
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localhub import api, downloads, lfs, pages, xet
from localhub.blobs import is_full
from localhub.errors import HubError, StartError
from localhub.hub import Hub

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


_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_LOG = logging.getLogger(__name__)


def create_app(hub: Hub) -> ASGIApp:
    """The application that a server runs."""
    routes: list[BaseRoute] = [*downloads.routes, *lfs.routes, *xet.routes, *api.routes, *pages.routes]
    handlers = {HubError: _refused, HTTPException: _no_route, OSError: _storage_error, sqlite3.Error: _storage_error}
    app = Starlette(routes=routes, exception_handlers={**handlers, Exception: _failed})  # type: ignore[dict-item]
    app.router.redirect_slashes = False
    app.state.hub = hub
    return _Local(app)


class _Local:
    """Answers requests to this machine only, routes by the path as it was sent, and answers 503 when the Hub stops.

    Without the check of the host, a page of another site could point its own name here and read private repositories.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = scope.get("raw_path", scope["path"].encode()).partition(b"?")[0].decode("latin-1")
            host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
            if host.rsplit(":", 1)[0] not in _HOSTS and host not in _HOSTS:
                await _answer(HubError(421, "This Hub answers to 127.0.0.1 and localhost"))(scope, receive, send)
                return
        await self._run(scope, receive, send)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The server cancels requests some seconds after the signal to stop."""
        started = False

        async def start_and_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, start_and_send)
        except CancelledError:
            if not started:
                stopped = HubError(503, "The Hub was told to stop; start it and run the same command again")
                await _answer(stopped)(scope, receive, send)


async def _refused(_: Request, error: HubError) -> Response:
    return _answer(error)


def _no_route(request: Request, error: HTTPException) -> Response:
    refusal = HubError(error.status_code, error.detail, headers=error.headers)
    return pages.problem(request, refusal) if "text/html" in request.headers.get("accept", "") else _answer(refusal)


async def _storage_error(_: Request, error: Exception) -> Response:
    """A full disk is for a person to clear. Raises: all other errors."""
    if not is_full(error):
        raise error
    _LOG.error("no room left on the disk: a request was refused")
    return _answer(HubError(507, "The disk of this Hub is full; nothing of this request was kept"))


async def _failed(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    return _answer(HubError(500, "The Hub failed; see its log"))


def _answer(error: HubError) -> Response:
    message = str(error)
    headers = {**error.headers, "X-Error-Message": quote(message, safe=" !#$&'()*+,/:;=?@[]{}|<>\"`^")}
    if error.code:
        headers["X-Error-Code"] = error.code
    return JSONResponse({"error": message, **error.body}, error.status, headers)
