"""llama.cpp takes ctrl-C and SIGTERM for itself when it loads a model: give them back to whom they belonged."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Iterator
from contextlib import contextmanager

_ACTION_BYTES = 512
"""More than any system's `struct sigaction` has."""


@contextmanager
def kept_signals() -> Iterator[None]:
    """What happens on SIGINT and SIGTERM is after the block what it was before.

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
