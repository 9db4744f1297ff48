"""Who may ask, how often, and how many at once: bearer tokens, rate limits, and a queue."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256

from seedbed.core.errors import InputError
from seedbed.serving.http.errors import Refusal

_SCHEME = "bearer"


class Access:
    """Checks the tokens of requests; without configured tokens, every request passes."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """Raises: InputError for a token that a header cannot hold."""
        for token in tokens:
            if not token or not (token.isascii() and token.isprintable()) or " " in token:
                raise InputError("--token: not a token. Allowed: printable ASCII without blanks.")
        self._digests = [_digest(token) for token in tokens]

    def caller(self, authorization: str, address: str) -> str:
        """A name for the caller: its token's number where tokens are configured, else its address.

        Raises: Refusal without a valid token.
        """
        if not self._digests:
            return address
        scheme, _, token = authorization.partition(" ")
        digest = _digest(token.strip())
        known = [secrets.compare_digest(digest, allowed) for allowed in self._digests]  # all, so that the time tells nothing
        if scheme.lower() != _SCHEME or not any(known):
            raise Refusal(401, "No valid bearer token. Allowed: the header Authorization: Bearer TOKEN.", code="invalid_api_key")
        return f"token {known.index(True)}"


def check_address(host: str, tokens: Sequence[str]) -> None:
    """Raises: InputError for an address that other machines can reach when there is no token."""
    if not tokens and not is_loopback(host):
        raise InputError(
            f"--host {host}: others can reach it, and there is no token. Allowed: --token or SEEDBED_TOKEN with it, or 127.0.0.1."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _digest(token: str) -> bytes:
    """Digests have one length, whatever the token."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


_BURST_SECONDS = 10.0
"""Size of a bucket, as seconds of its rate: editors send bursts."""

_MAX_CALLERS = 10_000
"""Callers with a bucket; the least recently seen is dropped first, and its bucket is full by then."""


@dataclass(slots=True)
class _Bucket:
    left: float
    seconds: float


class RateLimit:
    """A bucket for each caller."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Args: per_minute: requests of one caller; 0 for no limit. clock: monotonic seconds."""
        self._per_second = per_minute / 60
        self._size = max(1.0, self._per_second * _BURST_SECONDS)
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count a request.

        Raises: Refusal for one too many, with the seconds until the next is allowed.
        """
        if not self._per_second:
            return
        now = self._clock()
        bucket = self._buckets.setdefault(caller, _Bucket(self._size, now))
        self._buckets.move_to_end(caller)
        if len(self._buckets) > _MAX_CALLERS:
            self._buckets.popitem(last=False)
        bucket.left = min(self._size, bucket.left + (now - bucket.seconds) * self._per_second)
        bucket.seconds = now
        if bucket.left < 1:
            wait = (1 - bucket.left) / self._per_second
            raise Refusal(429, "Too many requests from this caller; try again later.", code="rate_limit_exceeded", wait=wait)
        bucket.left -= 1


_Turn = asyncio.Future[None]


class Admission:
    """At most `max_running` requests run and `max_waiting` wait; further ones are refused. For one event loop."""

    def __init__(self, max_running: int, max_waiting: int) -> None:
        self._max_running, self._max_waiting = max_running, max_waiting
        self._queues: OrderedDict[str, deque[_Turn]] = OrderedDict()  # the next caller first
        self.running = self.waiting = 0
        self._seconds = 1.0  # moving average of what a request takes

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it.

        Raises: Refusal when too many requests wait already.
        """
        loop = asyncio.get_running_loop()
        await self._wait(caller)
        start = loop.time()
        try:
            yield
        finally:
            self._seconds += 0.1 * (loop.time() - start - self._seconds)
            self.running -= 1
            self._start_next()

    async def _wait(self, caller: str) -> None:
        if self.running < self._max_running and not self.waiting:
            self.running += 1
            return
        if self.waiting >= self._max_waiting:
            wait = self._seconds * (self.waiting + 1) / self._max_running
            raise Refusal(429, "Too many requests wait already; try again later.", code="queue_full", wait=wait)
        turn: _Turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(caller, deque()).append(turn)
        self.waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            self._leave(caller, turn)
            raise

    def _leave(self, caller: str, turn: _Turn) -> None:
        """Remove a request that was cancelled while it waited; a turn it already had goes to the next one."""
        if turn.done() and not turn.cancelled():
            self.running -= 1
            self._start_next()
            return
        queue = self._queues.get(caller, deque())
        if turn not in queue:
            return  # `_start_next` has removed it
        queue.remove(turn)
        self.waiting -= 1
        if not queue:
            del self._queues[caller]

    def _start_next(self) -> None:
        """Give free turns to waiting requests, round robin over callers, in order of arrival within a caller."""
        while self.running < self._max_running and self._queues:
            caller, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[caller] = queue
            self.waiting -= 1
            if not turn.cancelled():  # else `_leave` is about to run for it
                self.running += 1
                turn.set_result(None)
