"""The Hub as an ASGI application: all routes, and refusals in the form that clients understand."""

from __future__ import annotations

import logging
import sqlite3
from asyncio import CancelledError
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localhub import api, downloads, lfs, pages, xet
from localhub.disk import is_full
from localhub.errors import HubError
from localhub.hub import Hub

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
