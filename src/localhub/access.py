"""Who is asking, and may they: what every route calls first."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette.requests import HTTPConnection

from localhub.accounts import Account
from localhub.errors import HubError
from localhub.repositories import Repository
from localhub.sessions import word_of

if TYPE_CHECKING:
    from localhub.hub import Hub

_BEARER = "bearer "


def hub_of(request: HTTPConnection) -> Hub:
    return cast("Hub", request.app.state.hub)


def asker(request: HTTPConnection) -> Account | None:
    """Whose token came with the request; None without one. Raises: HubError 401 for a token that is not known."""
    words = _shown(request)
    if not words:
        return _logged_in(request)
    account = hub_of(request).accounts.by_token(words[len(_BEARER) :].strip()) if words.lower().startswith(_BEARER) else None
    if account is None:
        raise HubError(401, "Invalid credentials in Authorization header")
    return account


def _shown(request: HTTPConnection) -> str:
    return request.headers.get("authorization", "")


def _logged_in(request: HTTPConnection) -> Account | None:
    """Who is logged in in a browser. A cookie only reads: what another page makes a browser send changes nothing."""
    word = word_of(request) if request.scope.get("method") in ("GET", "HEAD") else ""
    hub = hub_of(request)
    token = hub.sessions.token(word) if word else None
    return hub.accounts.by_token(token) if token else None


def known_asker(request: HTTPConnection) -> Account:
    """Raises: HubError 401 without a token, or with one that is not known."""
    account = asker(request)
    if account is None:
        raise HubError(401, "Invalid username or password.")
    return account


def readable(request: HTTPConnection) -> Repository:
    """The repository of the path parameters `type`, `owner` and `name`, when the asker may see it."""
    return hub_of(request).repositories.readable(*_named(request), asker(request))


def writable(request: HTTPConnection) -> Repository:
    """The same, when the asker may change it. A cookie is not asked: what it opens is to be read."""
    account = asker(request) if _shown(request) else None
    return hub_of(request).repositories.writable(*_named(request), account)


def _named(request: HTTPConnection) -> tuple[str, str, str]:
    given = request.path_params
    return given.get("type", "model"), given["owner"], given["name"]
