"""The process and its machine: cores, the processor's name, and requests to stop."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def cores() -> int:
    """Number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """Name of the processor; its architecture where the system does not report a name."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


_ACTION_BYTES = 512
"""Larger than `struct sigaction` on any system."""


@contextmanager
def kept_signals() -> Iterator[None]:
    """Restore the handlers of SIGINT and SIGTERM after the block: llama.cpp replaces both when it loads a model.

    It calls C, since Python lets only the main thread set a handler, and does not see handlers set by C code.
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
    """Give a function that says whether SIGINT or SIGTERM arrived; a loop calls it after each step."""
    asked: list[object] = []

    def ask(number: int, *_: object) -> None:
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
