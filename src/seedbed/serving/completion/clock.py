"""Where the time of one request goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Milliseconds of each step, in the order in which they were first taken; a step that comes twice is added up."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self._steps[name] = self._steps.get(name, 0.0) + (time.perf_counter() - start) * 1000

    def read(self) -> dict[str, float]:
        """The steps so far, and all of it as "total"."""
        return {**self._steps, "total": (time.perf_counter() - self._start) * 1000}
