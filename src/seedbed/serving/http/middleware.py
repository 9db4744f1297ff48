"""Checks before a request is read: host, token, rate, size. Counts every response, and logs errors without their text."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from traceback import extract_tb
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seedbed.serving.http.access import Access, RateLimit
from seedbed.serving.http.errors import Refusal, problem
from seedbed.serving.http.metrics import Metrics

CALLER: Final = "seedbed.caller"
"""Key of the caller's name in the scope."""

OPEN_PATHS: Final = frozenset({"/healthz", "/health"})
"""Paths that need no token."""

_BODY_SECONDS: Final = 30.0
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """max_bytes: of a body; endpoints: paths with metrics of their own, all others are "other".

    hosts: allowed Host headers, empty for any. They stop DNS rebinding: a web page whose name resolves to this machine.
    """

    max_bytes: int
    endpoints: frozenset[str]
    hosts: frozenset[str] = frozenset()


class Middleware:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, access: Access, rate_limit: RateLimit, metrics: Metrics, limits: Limits) -> None:
        self._app, self._access, self._rate_limit, self._metrics = app, access, rate_limit, metrics
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        response = _StatusRecorder(send)
        start = time.perf_counter()
        try:
            await self._check_and_call(scope, receive, response.send)
        except Exception as error:  # noqa: BLE001 - the process stays up; an error's text may quote a request
            _LOG.error("%s: %s", scope["method"], _where(error))
            if not response.status:
                await problem(500, "The server failed.")(scope, receive, response.send)
        finally:
            endpoint = scope["path"] if scope["path"] in self._limits.endpoints else "other"
            self._metrics.answered(endpoint, response.status or 499, time.perf_counter() - start)

    async def _check_and_call(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            self._check_host(headers)
            scope[CALLER] = self._caller(scope, headers)
            body = _LimitedBody(receive, self._limits.max_bytes, headers)
        except Refusal as refusal:
            refusal.headers = {**(refusal.headers or {}), "Connection": "close"}  # the body is not read
            await refusal.response()(scope, receive, send)
            return
        await self._app(scope, body.receive, send)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        if self._limits.hosts and host not in self._limits.hosts and host.rpartition(":")[0] not in self._limits.hosts:
            raise Refusal(421, "This server answers to 127.0.0.1 and localhost.", code="wrong_host")

    def _caller(self, scope: Scope, headers: Headers) -> str:
        address = (scope.get("client") or ("",))[0]
        if scope["path"] in OPEN_PATHS:
            return f"address {address}"
        caller = self._access.caller(headers.get("authorization", ""), f"address {address}")
        if scope["method"] == "POST":
            self._rate_limit.take(caller)
        return caller


class _StatusRecorder:
    """Records the status of a response."""

    def __init__(self, send: Send) -> None:
        self._send, self.status = send, 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


class _LimitedBody:
    """A request body with limits of size and time.

    Raises: Refusal, also while it is received.
    """

    def __init__(self, receive: Receive, max_bytes: int, headers: Headers) -> None:
        self._receive, self._max_bytes, self._received, self._is_complete = receive, max_bytes, 0, False
        self._deadline = time.monotonic() + _BODY_SECONDS
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > max_bytes:
            raise self._too_long()

    async def receive(self) -> Message:
        if self._is_complete:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, self._deadline - time.monotonic()))
        except TimeoutError:
            raise Refusal(408, f"The body did not arrive within {_BODY_SECONDS:.0f} s.", code="too_slow") from None
        self._received += len(message.get("body", b""))
        if self._received > self._max_bytes:
            raise self._too_long()
        self._is_complete = not message.get("more_body", False)
        return message

    def _too_long(self) -> Refusal:
        return Refusal(413, f"The body is too long. Allowed: {self._max_bytes:,} bytes.", code="body_too_large")


def _where(error: BaseException) -> str:
    """Class of an error and the lines that it passed through, without its message."""
    lines = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in extract_tb(error.__traceback__)[-4:]]
    return f"{type(error).__name__} in {' > '.join(lines)}"
