"""Signed cookies and links, and who is logged in."""

from __future__ import annotations

import hashlib
import secrets
import time
from hashlib import sha256
from threading import Lock
from typing import Any

from cachetools import TTLCache
from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from localhub.database import Database
from localhub.errors import HubError

_SCHEMA = "CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_SECRET_BYTES = 32


class Signer:
    """Signs with a secret that is made once and kept in the database."""

    def __init__(self, database: Database) -> None:
        database.add_schema(_SCHEMA)
        with database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO secrets VALUES ('signing', ?)", (secrets.token_bytes(_SECRET_BYTES),))
            secret: bytes = connection.execute("SELECT value FROM secrets WHERE name = 'signing'").fetchone()["value"]
        self.name = hashlib.sha256(b"name" + secret).hexdigest()[:16]
        """Identifies this Hub among others that had the same address; reveals nothing about the secret."""
        self._links = URLSafeSerializer(secret, salt="link")
        self._tokens = URLSafeSerializer(secret, salt="xet")

    def link(self, base: str, method: str, path: str, seconds: int, **fields: str | int) -> str:
        """An address for one method and path that carries `fields` and is valid for some seconds."""
        signed = self._links.dumps([method, path, int(time.time()) + seconds, fields])
        return f"{base}{path}?signature={signed!s}"

    def check_link(self, request: Request) -> dict[str, Any]:
        """The fields of a signed address. Raises: HubError 403 if it was not signed here for this method, or has expired."""
        method = "GET" if request.method == "HEAD" else request.method
        signed_method, path, expires, fields = _loaded(self._links, request.query_params.get("signature", ""), 403)
        if (signed_method, path) != (method, request.url.path):
            raise HubError(403, "Not signed by this Hub")
        _check_time(expires, 403)
        return dict(fields)

    def token(self, repository: int, seconds: int) -> tuple[str, int]:
        """A token to upload to the Xet storage of a repository, and when it expires, in seconds since 1970."""
        expires = int(time.time()) + seconds
        return f"xet_{self._tokens.dumps([repository, expires])!s}", expires

    def repository(self, token: str) -> int:
        """The repository of a token. Raises: HubError 401 if this Hub did not make it, or it has expired."""
        repository, expires = _loaded(self._tokens, token.removeprefix("xet_"), 401)
        _check_time(expires, 401)
        return int(repository)


def _loaded(serializer: URLSafeSerializer, signed: str, status: int) -> list[Any]:
    try:
        return list(serializer.loads(signed))
    except BadData as error:
        raise HubError(status, "Not signed by this Hub") from error


def _check_time(expires: int, status: int) -> None:
    if expires < time.time():
        raise HubError(status, "Expired; ask for a new one")


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
