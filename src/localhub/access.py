"""Bearer-token authentication and permission to read or write a repository; every route calls this first."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette.requests import HTTPConnection

from localhub.accounts import Account
from localhub.errors import HubError
from localhub.repositories import Repository
from localhub.sessions import session_of

if TYPE_CHECKING:
    from localhub.hub import Hub

_BEARER = "bearer "


def hub_of(request: HTTPConnection) -> Hub:
    return cast("Hub", request.app.state.hub)


def caller(request: HTTPConnection) -> Account | None:
    """The account of the token or session of a request; None without either. Raises: HubError 401 for an unknown token."""
    header = request.headers.get("authorization", "")
    if not header:
        return _session_account(request)
    account = hub_of(request).accounts.by_token(header[len(_BEARER) :].strip()) if header.lower().startswith(_BEARER) else None
    if account is None:
        raise HubError(401, "Invalid credentials in Authorization header")
    return account


def _session_account(request: HTTPConnection) -> Account | None:
    """Who is logged in in a browser. A cookie only reads: a page of another site can make a browser send it."""
    session = session_of(request) if request.scope.get("method") in ("GET", "HEAD") else ""
    hub = hub_of(request)
    token = hub.sessions.token(session) if session else None
    return hub.accounts.by_token(token) if token else None


def require_caller(request: HTTPConnection) -> Account:
    """Raises: HubError 401 without a token, or with an unknown one."""
    account = caller(request)
    if account is None:
        raise HubError(401, "Invalid username or password.")
    return account


def readable(request: HTTPConnection) -> Repository:
    """The repository of the path parameters `type`, `owner` and `name`, if the caller may see it. Raises: HubError 404."""
    return hub_of(request).repositories.readable(*_repository_key(request), caller(request))


def writable(request: HTTPConnection) -> Repository:
    """The same, if the caller may change it; a session may not. Raises: HubError 401, 403, 404."""
    account = caller(request) if request.headers.get("authorization") else None
    return hub_of(request).repositories.writable(*_repository_key(request), account)


def _repository_key(request: HTTPConnection) -> tuple[str, str, str]:
    params = request.path_params
    return params.get("type", "model"), params["owner"], params["name"]
