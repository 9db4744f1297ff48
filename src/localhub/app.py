"""The Hub as an ASGI application: all routes put together, and refusals in the words that clients understand."""

from __future__ import annotations

import logging
import sqlite3
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from localhub import api, lfs, pages, resolve, xet
from localhub.disk_full import is_full
from localhub.errors import HubError
from localhub.hub import Hub
from localhub.response_cache import Remembered
from localhub.stopping import Stoppable

_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_LOG = logging.getLogger(__name__)


def create_app(hub: Hub) -> ASGIApp:
    """What a server runs."""
    routes: list[BaseRoute] = [*resolve.routes, *lfs.routes, *xet.routes, *api.routes, *pages.routes]
    handlers = {HubError: _refused, HTTPException: _no_route, OSError: _no_room, sqlite3.Error: _no_room, Exception: _failed}
    app = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]
    app.router.redirect_slashes = False
    app.state.hub = hub
    stopped = _answer(HubError(503, "The Hub was told to stop; start it and run the same command again"))
    return _AsSent(Stoppable(Remembered(app, hub.database), stopped))


class _AsSent:
    """Routes see the path as it was sent, so that an encoded slash is none; and only who means this machine gets in.

    A page of another site could otherwise have its name point here, and read what only this machine's users may.
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
        await self._app(scope, receive, send)


async def _refused(_: Request, error: HubError) -> Response:
    return _answer(error)


def _no_route(request: Request, error: HTTPException) -> Response:
    refusal = HubError(error.status_code, error.detail, headers=error.headers)
    return pages.problem(request, refusal) if "text/html" in request.headers.get("accept", "") else _answer(refusal)


async def _no_room(_: Request, error: Exception) -> Response:
    """A disk that is full is somebody's to clear, and no fault of the Hub's; all else is."""
    if not is_full(error):
        raise error
    _LOG.error("no room left on the disk: a request was refused")
    return _answer(HubError(507, "The disk of this Hub is full; nothing of this request was kept"))


async def _failed(request: Request, error: Exception) -> Response:
    _LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    return _answer(HubError(500, "The Hub failed; its log says more"))


def _answer(error: HubError) -> Response:
    message = str(error)
    headers = {**error.headers, "X-Error-Message": quote(message, safe=" !#$&'()*+,/:;=?@[]{}|<>\"`^")}
    if error.code:
        headers["X-Error-Code"] = error.code
    return JSONResponse({"error": message, **error.body}, error.status, headers)
