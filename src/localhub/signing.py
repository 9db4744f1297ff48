"""Links and tokens that the Hub hands out and knows again: signed with a secret of its own, good for a while.

A link stands for the permission of who asked for it, as the real Hub's links into its storage do: clients send no token there.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from starlette.requests import Request

from localhub.database import Database
from localhub.errors import HubError

Scope = Literal["read", "write"]

_SCHEMA = "CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_SECRET_BYTES = 32
_SIGNATURE = "&signature="
_TOKEN_PREFIX = "xet_"  # noqa: S105 - what tokens begin with, not one of them


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token of this Hub allows: to read, or to read and write, the storage of one repository."""

    scope: Scope
    repository: int


class Signer:
    """Signs with a secret that is made once and kept in the database."""

    def __init__(self, database: Database) -> None:
        database.add_schema(_SCHEMA)
        with database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO secrets VALUES ('signing', ?)", (secrets.token_bytes(_SECRET_BYTES),))
            self._secret: bytes = connection.execute("SELECT value FROM secrets WHERE name = 'signing'").fetchone()["value"]

    @property
    def name(self) -> str:
        """Tells this Hub from others that served the same address; says nothing about the secret."""
        return self._sign("name")[:16]

    def link(self, base: str, method: str, path: str, seconds: int, **fields: str | int) -> str:
        """An address for one method, whose fields nobody can change, good for some seconds."""
        query = urlencode({**fields, "expires": int(time.time()) + seconds})
        return f"{base}{path}?{query}{_SIGNATURE}{self._sign(f'{method} {path}?{query}')}"

    def check_link(self, request: Request) -> None:
        """Raises: HubError 403 when the address was not signed here, for this method, or is too old."""
        query, _, signature = request.url.query.rpartition(_SIGNATURE)
        method = "GET" if request.method == "HEAD" else request.method
        self._check(f"{method} {request.url.path}?{query}", signature, 403)
        if int(request.query_params["expires"]) < time.time():
            raise HubError(403, "This link has expired; ask for a new one")

    def token(self, grant: Grant, seconds: int) -> tuple[str, int]:
        """A token for the Xet storage, and when it expires, in seconds since 1970."""
        expires = int(time.time()) + seconds
        words = f"{grant.scope}.{grant.repository}.{expires}"
        return f"{_TOKEN_PREFIX}{words}.{self._sign(words)}", expires

    def grant(self, token: str) -> Grant:
        """What a token allows. Raises: HubError 401 when it is not one of this Hub's, or too old."""
        words, _, signature = token.removeprefix(_TOKEN_PREFIX).rpartition(".")
        self._check(words, signature, 401)
        scope, repository, expires = words.split(".")
        if int(expires) < time.time():
            raise HubError(401, "This token has expired; ask for a new one")
        return Grant("write" if scope == "write" else "read", int(repository))

    def _check(self, words: str, signature: str, status: int) -> None:
        if not hmac.compare_digest(self._sign(words).encode(), signature.encode()):
            raise HubError(status, "Not signed by this Hub")

    def _sign(self, words: str) -> str:
        return hmac.new(self._secret, words.encode(), hashlib.sha256).hexdigest()
