"""What every request passes before anything of it is read: host, token, rate, size; and what every answer is counted by."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from traceback import extract_tb
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seedbed.serving.http.access import Access
from seedbed.serving.http.errors import Refusal, problem
from seedbed.serving.http.metrics import Metrics
from seedbed.serving.http.rate_limit import Rates

CALLER: Final = "seedbed.caller"
"""Key of the scope under which the caller's name stands."""

OPEN: Final = frozenset({"/healthz", "/health"})
"""Paths that anybody may ask for."""

_BODY_SECONDS: Final = 30.0
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """most_bytes: of a body; hosts: names that a request may call this server by, empty for any; endpoints: the paths that are
    counted by their names, all else being "other".

    A page of another site could have its own name point at this machine, and read what only its users may.
    """

    most_bytes: int
    endpoints: frozenset[str]
    hosts: frozenset[str] = frozenset()


class Gate:
    """An application in front of another."""

    def __init__(self, app: ASGIApp, access: Access, rates: Rates, metrics: Metrics, bounds: Bounds) -> None:
        self._app, self._access, self._rates, self._metrics = app, access, rates, metrics
        self._bounds = bounds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        told = _Told(send)
        start = time.perf_counter()
        try:
            await self._passed(scope, receive, told.send)
        except Exception as error:  # noqa: BLE001 - the process stays up; an error's words may quote
            _LOG.error("%s: %s", scope["method"], _where(error))
            if not told.status:
                await problem(500, "The server failed.")(scope, receive, told.send)
        finally:
            endpoint = scope["path"] if scope["path"] in self._bounds.endpoints else "other"
            self._metrics.answered(endpoint, told.status or 499, time.perf_counter() - start)

    async def _passed(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            self._check_host(headers)
            scope[CALLER] = self._let_in(scope, headers)
            bounded = _Bounded(receive, self._bounds.most_bytes, headers)
        except Refusal as refusal:
            refusal.headers = {**(refusal.headers or {}), "Connection": "close"}  # of a body that nobody reads
            await refusal.response()(scope, receive, send)
            return
        await self._app(scope, bounded.receive, send)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        if self._bounds.hosts and host not in self._bounds.hosts and host.rpartition(":")[0] not in self._bounds.hosts:
            raise Refusal(421, "This server answers to 127.0.0.1 and localhost.", code="wrong_host")

    def _let_in(self, scope: Scope, headers: Headers) -> str:
        address = (scope.get("client") or ("",))[0]
        if scope["path"] in OPEN:
            return f"address {address}"
        caller = self._access.caller(headers.get("authorization", ""), f"address {address}")
        if scope["method"] == "POST":
            self._rates.take(caller)
        return caller


class _Told:
    """Remembers the status of an answer."""

    def __init__(self, send: Send) -> None:
        self._send, self.status = send, 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


class _Bounded:
    """A body that is neither too long nor too slow. Raises: Refusal."""

    def __init__(self, receive: Receive, most_bytes: int, headers: Headers) -> None:
        self._receive, self._most_bytes, self._got, self._whole = receive, most_bytes, 0, False
        self._until = time.monotonic() + _BODY_SECONDS
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most_bytes:
            raise self._too_long()

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, self._until - time.monotonic()))
        except TimeoutError:
            raise Refusal(408, f"The body did not come within {_BODY_SECONDS:.0f} s.", code="too_slow") from None
        self._got += len(message.get("body", b""))
        if self._got > self._most_bytes:
            raise self._too_long()
        self._whole = not message.get("more_body", False)
        return message

    def _too_long(self) -> Refusal:
        return Refusal(413, f"The body is too long. Allowed: {self._most_bytes:,} bytes.", code="body_too_large")


def _where(error: BaseException) -> str:
    """Class of an error and the lines that it passed, without its words."""
    lines = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in extract_tb(error.__traceback__)[-4:]]
    return f"{type(error).__name__} in {' > '.join(lines)}"
