"""Long work for a client that may disconnect: it runs in a thread, sends events as they come, and stops with the client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from seedbed.models.inference.backend import Cancelled
from seedbed.serving.http.errors import Refusal, error_of
from seedbed.serving.http.metrics import Metrics

T = TypeVar("T")
StreamEvent = Mapping[str, Any] | str
"""What follows `data: `: JSON, or a text as it is."""


class ClientDisconnectedError(Exception):
    """The client closed the connection; nobody reads an answer."""


async def until_disconnect(request: Request, work: Awaitable[T]) -> T:
    """The result of some work, which is cancelled when the client disconnects.

    Raises: ClientDisconnectedError; what the work raises.
    """
    working = asyncio.ensure_future(work)
    disconnect = asyncio.ensure_future(wait_for_disconnect(request))
    try:
        await asyncio.wait({working, disconnect}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnectedError
        return working.result()
    finally:
        for task in (working, disconnect):
            task.cancel()
        await asyncio.gather(working, disconnect, return_exceptions=True)


async def wait_for_disconnect(request: Request) -> None:
    """Return when the client disconnects."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def run_in_thread(pool: ThreadPoolExecutor, act: Callable[[Cancelled], T]) -> T:
    """Run a long function. When cancelled, ask it to stop and wait until it does, so that its slot is free afterwards.

    Raises: what `act` raises.
    """
    stop = Event()
    working = asyncio.get_running_loop().run_in_executor(pool, act, stop.is_set)
    try:
        return await asyncio.shield(working)
    finally:
        stop.set()
        with suppress(Exception):
            await asyncio.shield(working)


async def iterate_in_thread(pool: ThreadPoolExecutor, make: Callable[[Cancelled], Iterator[T]]) -> AsyncGenerator[T]:
    """Yield the items of a slow iterator as they come. When closed, ask the iterator to stop and wait until it does.

    Raises: what the iterator raises.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[T | None] = asyncio.Queue()

    def run(cancelled: Cancelled) -> None:
        try:
            for item in make(cancelled):
                loop.call_soon_threadsafe(queue.put_nowait, item)
        finally:
            loop.call_soon_threadsafe(queue.put_nowait, None)

    working = asyncio.ensure_future(run_in_thread(pool, run))
    try:
        while (item := await queue.get()) is not None:
            yield item
        await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def open_stream(request: Request, events: AsyncGenerator[StreamEvent], metrics: Metrics) -> EventStream:
    """A response whose first event is there already, so that a refused request still gets a status of its own.

    Raises: Refusal; ClientDisconnectedError.
    """
    first = await until_disconnect(request, anext(events))
    return EventStream(first, events, metrics)


class EventStream(Response):
    """Server-sent events. The response owns its events: however it ends, it closes them."""

    media_type = "text/event-stream"

    def __init__(self, first: StreamEvent, events: AsyncGenerator[StreamEvent], metrics: Metrics) -> None:
        super().__init__(headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._first, self._events, self._metrics = first, events, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await until_disconnect(Request(scope, receive), self._write(send))
        except ClientDisconnectedError:
            self._metrics.cancelled()
        finally:
            await self._events.aclose()

    async def _write(self, send: Send) -> None:
        await _send(send, self._first)
        try:
            async for event in self._events:
                await _send(send, event)
        except Refusal as refusal:  # the status is sent already
            await _send(send, {"error": error_of(refusal.status_code, refusal.detail, refusal.code)})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send(send: Send, event: StreamEvent) -> None:
    text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    await send({"type": "http.response.body", "body": f"data: {text}\n\n".encode(), "more_body": True})
