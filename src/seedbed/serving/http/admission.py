"""Limit of concurrent requests, with a fair queue: callers take turns, however many requests one of them sends."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from seedbed.serving.http.errors import Refusal

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
