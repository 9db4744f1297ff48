"""Rate limit of requests for each caller: a token bucket."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from seedbed.serving.http.errors import Refusal

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
