"""Work in threads that nobody has to wait for: when ctrl-C ends the program, a stalled download does not hold it up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def side_by_side(acts: Sequence[Callable[[], Result]], threads: int, hopeless: type[Exception]) -> list[Future[Result]]:
    """Do all of it, `threads` at a time, until an act raises a `hopeless` error: what was not begun by then is cancelled.

    Returns: what came of each, in their order.
    """
    futures: list[Future[Result]] = [Future() for _ in acts]
    waiting = deque(zip(acts, futures, strict=True))
    for _ in range(min(threads, len(acts))):
        Thread(target=_work, args=(waiting, hopeless), daemon=True).start()
    wait(futures)
    return futures


def _work(waiting: deque[tuple[Callable[[], Result], Future[Result]]], hopeless: type[Exception]) -> None:
    while (job := _next(waiting)) is not None:
        act, future = job
        try:
            future.set_result(act())
        except BaseException as error:  # noqa: BLE001 - nothing is swallowed: it is raised where the result is asked for
            future.set_exception(error)
            while isinstance(error, hopeless) and (job := _next(waiting)) is not None:
                job[1].cancel()
                job[1].set_running_or_notify_cancel()  # wakes who waits


def _next(waiting: deque[tuple[Callable[[], Result], Future[Result]]]) -> tuple[Callable[[], Result], Future[Result]] | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None
