"""Work in threads that nobody has to wait for: when ctrl-C ends the program, a stalled download does not hold it up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


def side_by_side(acts: Sequence[Callable[[], Result]], threads: int) -> list[Future[Result]]:
    """Begin all of it, `threads` at a time. Returns: what will come of each, in their order."""
    futures: list[Future[Result]] = [Future() for _ in acts]
    waiting = deque(zip(acts, futures, strict=True))
    for _ in range(min(threads, len(acts))):
        Thread(target=_work, args=(waiting,), daemon=True).start()
    return futures


def _work(waiting: deque[tuple[Callable[[], Result], Future[Result]]]) -> None:
    while waiting:
        try:
            act, future = waiting.popleft()
        except IndexError:  # another thread was faster
            return
        try:
            future.set_result(act())
        except BaseException as error:  # noqa: BLE001 - nothing is swallowed: it is raised where the result is asked for
            future.set_exception(error)
