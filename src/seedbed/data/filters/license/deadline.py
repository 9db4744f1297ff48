"""A time limit that holds whatever the work does: a signal in the main thread, a child process elsewhere."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

DEFAULT_TIMEOUT_S = 60.0

_AGAIN_S = 0.5
"""The alarm rings again after this long, should someone have caught the first one."""


class DeadlineError(BaseException):
    """Time is up. Not an Exception: the broad handlers of a library must not swallow it."""


def run_within(seconds: float, work: Callable[[], T]) -> T:
    """Result of `work()`. Raises: DeadlineError after `seconds`.

    In the main thread these are CPU seconds: a verdict must not depend on what else the machine is doing.
    """
    if threading.current_thread() is threading.main_thread():
        with _alarm(seconds):
            return work()
    return _run_in_child(seconds, work)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    is_armed = True

    def ring(_signal: int, _frame: FrameType | None) -> None:
        if is_armed:  # a ring that was under way when the work ended must not fall on what comes next
            raise DeadlineError(f"over {seconds:g} s")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_S)
    try:
        yield
    finally:
        is_armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _run_in_child(seconds: float, work: Callable[[], T]) -> T:
    """Signals reach the main thread only, so other threads fork: in the child this thread is the main one."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_send, args=(sender, work), daemon=True)
    child.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise DeadlineError(f"over {seconds:g} s")
        result: T = receiver.recv()
        return result
    except EOFError as error:
        raise DeadlineError("the detecting process died") from error
    finally:
        child.kill()
        child.join()
        receiver.close()


def _send(sender: Connection, work: Callable[[], object]) -> None:
    sender.send(work())
