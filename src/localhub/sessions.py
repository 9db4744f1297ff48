"""Browser sessions: a random id in a cookie stands for a token, in the memory of this process only."""

from __future__ import annotations

import secrets
from hashlib import sha256
from threading import Lock

from cachetools import TTLCache
from starlette.requests import HTTPConnection
from starlette.responses import Response

LIFETIME_SECONDS = 12 * 3600
_MAX_SESSIONS = 1000


class Sessions:
    """Sessions of one running Hub. They end with it, after LIFETIME_SECONDS, or with a logout."""

    def __init__(self) -> None:
        self._tokens: TTLCache[str, str] = TTLCache(_MAX_SESSIONS, LIFETIME_SECONDS)
        self._lock = Lock()

    def open(self, token: str) -> str:
        """Start a session. Returns: its id, for the cookie."""
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[_digest(session)] = token
        return session

    def token(self, session: str) -> str | None:
        """The token of a session; None for an unknown or expired one."""
        with self._lock:
            return self._tokens.get(_digest(session))

    def close(self, session: str) -> None:
        with self._lock:
            self._tokens.pop(_digest(session), None)


def cookie_name(connection: HTTPConnection) -> str:
    """Browsers send a cookie to every port of a host. The port in the name keeps two Hubs from logging each other out."""
    _, port = connection.scope.get("server") or ("", "")
    return f"localhub_{port}"


def session_of(connection: HTTPConnection) -> str:
    return connection.cookies.get(cookie_name(connection), "")


def set_cookie(connection: HTTPConnection, response: Response, session: str) -> None:
    response.set_cookie(cookie_name(connection), session, max_age=LIFETIME_SECONDS, httponly=True, samesite="strict")


def drop_cookie(connection: HTTPConnection, response: Response) -> None:
    response.delete_cookie(cookie_name(connection), httponly=True, samesite="strict")


def _digest(session: str) -> str:
    return sha256(session.encode()).hexdigest()
