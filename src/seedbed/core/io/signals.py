"""ctrl-C and SIGTERM: asked about by loops that stop at a good place, and given back by libraries that take them."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ACTION_BYTES = 512
"""More than any system's `struct sigaction` has."""


@contextmanager
def kept_signals() -> Iterator[None]:
    """What happens on SIGINT and SIGTERM is after the block what it was before: llama.cpp takes both when it loads a model.

    In C, since Python lets only the main thread set a handler, and does not know of those that C code sets.
    """
    libc = ctypes.CDLL(None)
    kept = {number: ctypes.create_string_buffer(_ACTION_BYTES) for number in (signal.SIGINT, signal.SIGTERM)}
    for number, action in kept.items():
        libc.sigaction(int(number), None, action)
    try:
        yield
    finally:
        for number, action in kept.items():
            libc.sigaction(int(number), action, None)


@contextmanager
def stop_requests() -> Iterator[Callable[[], bool]]:
    """Turn SIGINT and SIGTERM into a question that the training loop asks after each step."""
    asked: list[object] = []

    def ask(number: int, *_: object) -> None:
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
