"""How many requests a model works on at once, and who is next: callers take turns, however much one of them asks."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from seedbed.serving.http.errors import Refusal

_Turn = asyncio.Future[None]


class Admission:
    """`most_running` requests run, `most_waiting` wait; more are refused. For one event loop."""

    def __init__(self, most_running: int, most_waiting: int) -> None:
        self._most_running, self._most_waiting = most_running, most_waiting
        self._queues: OrderedDict[str, deque[_Turn]] = OrderedDict()  # the caller whose turn it is comes first
        self.running = self.waiting = 0
        self._seconds = 1.0  # what a request takes, on average of late

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it. Raises: Refusal when too many wait already."""
        loop = asyncio.get_running_loop()
        await self._wait(caller)
        start = loop.time()
        try:
            yield
        finally:
            self._seconds += 0.1 * (loop.time() - start - self._seconds)
            self.running -= 1
            self._let_in()

    async def _wait(self, caller: str) -> None:
        if self.running < self._most_running and not self.waiting:
            self.running += 1
            return
        if self.waiting >= self._most_waiting:
            wait = self._seconds * (self.waiting + 1) / self._most_running
            raise Refusal(429, "Too many requests wait already; ask again later.", code="queue_full", wait=wait)
        turn: _Turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(caller, deque()).append(turn)
        self.waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            self._leave(caller, turn)
            raise

    def _leave(self, caller: str, turn: _Turn) -> None:
        """Somebody does not want to wait any longer; a turn that was theirs by then is another's."""
        if turn.done() and not turn.cancelled():
            self.running -= 1
            self._let_in()
            return
        queue = self._queues.get(caller, deque())
        if turn not in queue:
            return  # `_let_in` came upon it first
        queue.remove(turn)
        self.waiting -= 1
        if not queue:
            del self._queues[caller]

    def _let_in(self) -> None:
        """Give free turns to who waits: the first of each caller, one caller after the other."""
        while self.running < self._most_running and self._queues:
            caller, queue = self._queues.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._queues[caller] = queue
            self.waiting -= 1
            if not turn.cancelled():  # else whoever waited for it is leaving, and has not come to say so yet
                self.running += 1
                turn.set_result(None)
