"""Small downloads that are asked for again and again: the answer is kept, for as long as the database does not change.

Everything that decides about an answer (who may see a repository, where a branch points) is in the database, and SQLite says
whether anybody has written to it; what follows from the clock or from a session is not kept.
"""

from __future__ import annotations

from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localhub.cache import WeightedCache
from localhub.database import Database

_MAX_BODY_BYTES = 64 * 1024
_MAX_BYTES = 64 * 1024 * 1024
_OVERHEAD_BYTES = 1024
_NOT_KEPT = {b"range", b"if-none-match", b"cookie"}

Key = tuple[str, str, bytes, bytes]


class _Answer(NamedTuple):
    start: Message
    body: Message


class Remembered:
    """An application in front of another, that gives whole answers to GET and HEAD of files once more."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database
        self._version = -1
        self._answers: WeightedCache[Key, _Answer] = WeightedCache(_MAX_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        answers = self._current()
        if answer := answers.get(key):
            await send(answer.start)
            await send(answer.body)
            return
        await self._app(scope, receive, _Recorder(send, answers, key))

    def _current(self) -> WeightedCache[Key, _Answer]:
        """Answers from the state that the database is in now; who is still at work on an older one fills a cache nobody reads."""
        version = self._database.version()
        if version != self._version:
            self._version, self._answers = version, WeightedCache(_MAX_BYTES)
        return self._answers


class _Recorder:
    """Passes an answer on, and keeps it when it is small, whole and good."""

    def __init__(self, send: Send, answers: WeightedCache[Key, _Answer], key: Key) -> None:
        self._send = send
        self._answers = answers
        self._key = key
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        await self._send(message)
        if message["type"] == "http.response.start":
            self._start = message if message["status"] == 200 else None
        elif self._start is not None and not message.get("more_body"):
            size = len(message.get("body", b""))
            if size <= _MAX_BODY_BYTES:
                self._answers.put(self._key, _Answer(self._start, message), size + _OVERHEAD_BYTES)
        else:
            self._start = None


def _key(scope: Scope) -> Key | None:
    """What an answer depends on, but for the database; None when it is not to be kept."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD") or "/resolve/" not in scope["path"]:
        return None
    token = b""
    for name, value in scope["headers"]:
        if name == b"authorization":
            token = value
        elif name in _NOT_KEPT:
            return None
    return scope["method"], scope["path"], scope["query_string"], token
