"""Who a browser is: a random word in a cookie, and the token it stands for in the memory of this process alone."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from starlette.requests import HTTPConnection
from starlette.responses import Response

LIFETIME_SECONDS = 12 * 3600
MOST = 1000  # sessions at once; the oldest goes


class Sessions:
    """Sessions of one running Hub. They end with it, after LIFETIME_SECONDS, or when somebody logs out."""

    def __init__(self) -> None:
        self._tokens: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = Lock()

    def open(self, token: str) -> str:
        """A new session for whoever showed `token`. Returns: the word for the cookie."""
        word = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[_digest(word)] = (token, time.monotonic() + LIFETIME_SECONDS)
            if len(self._tokens) > MOST:
                self._tokens.popitem(last=False)
        return word

    def token(self, word: str) -> str | None:
        """The token behind a cookie; None when the session is unknown or over."""
        with self._lock:
            token, until = self._tokens.get(_digest(word), (None, 0.0))
        return token if time.monotonic() < until else None

    def close(self, word: str) -> None:
        with self._lock:
            self._tokens.pop(_digest(word), None)


def cookie_name(connection: HTTPConnection) -> str:
    """Cookies are shared by all ports of a machine, so the port is in the name: two Hubs do not log each other out."""
    _, port = connection.scope.get("server") or ("", "")
    return f"seedbed_hub_{port}"


def word_of(connection: HTTPConnection) -> str:
    return connection.cookies.get(cookie_name(connection), "")


def set_cookie(connection: HTTPConnection, response: Response, word: str) -> None:
    response.set_cookie(cookie_name(connection), word, max_age=LIFETIME_SECONDS, httponly=True, samesite="strict")


def drop_cookie(connection: HTTPConnection, response: Response) -> None:
    response.delete_cookie(cookie_name(connection), httponly=True, samesite="strict")


def _digest(word: str) -> str:
    return sha256(word.encode()).hexdigest()
