"""Work for a client that may go away: it stops when nobody waits for it any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import TypeVar

from starlette.requests import Request

from seedbed.models.inference.backend import Cancelled

T = TypeVar("T")


class ClientDisconnectedError(Exception):
    """The client is not there any more; nobody reads an answer."""


async def while_wanted(request: Request, work: Awaitable[T]) -> T:
    """The result of some work, which is cancelled when the client goes away. Raises: GoneError."""
    doing = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(gone(request))
    try:
        await asyncio.wait({doing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise ClientDisconnectedError
        return doing.result()
    finally:
        for task in (doing, leaving):
            task.cancel()
        await asyncio.gather(doing, leaving, return_exceptions=True)


async def gone(request: Request) -> None:
    """Return when the client goes away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def in_thread(pool: ThreadPoolExecutor, act: Callable[[Cancelled], T]) -> T:
    """Run something that takes long. Cancelled, it is asked to stop, and waited for: its turn is over when it is."""
    stop = Event()
    doing = asyncio.get_running_loop().run_in_executor(pool, act, stop.is_set)
    try:
        return await asyncio.shield(doing)
    finally:
        stop.set()
        with suppress(Exception):
            await asyncio.shield(doing)


async def pieces_in_thread(pool: ThreadPoolExecutor, make: Callable[[Cancelled], Iterator[T]]) -> AsyncGenerator[T]:
    """What an iterator that takes long gives, as it comes. Closed, the iterator is asked to stop, and waited for."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[T | None] = asyncio.Queue()

    def run(cancelled: Cancelled) -> None:
        try:
            for piece in make(cancelled):
                loop.call_soon_threadsafe(queue.put_nowait, piece)
        finally:
            loop.call_soon_threadsafe(queue.put_nowait, None)

    doing = asyncio.ensure_future(in_thread(pool, run))
    try:
        while (piece := await queue.get()) is not None:
            yield piece
        await doing
    finally:
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
