"""One thread that owns the model: what waits is taken together as one batch."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Thread

from seedbed.core.errors import GenerationError
from seedbed.models.inference.rows import Row


class Worker:
    """Takes at most `most` waiting rows at a time, in the order in which they came."""

    def __init__(self, write: Callable[[Sequence[Row]], None], most: int, name: str) -> None:
        self._write, self._most, self._name = write, most, name
        self._waiting: deque[Row] = deque()
        self._changed = Condition()
        self._is_closed = False
        self._thread = Thread(target=self._run, name=f"seedbed {name}", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a thread that is still in torch when the interpreter goes aborts the process

    def submit(self, rows: Sequence[Row]) -> None:
        """Let rows wait for their turn. Raises: GenerationError once the worker is closed."""
        with self._changed:
            if self._is_closed:
                raise GenerationError(f"{self._name}: the model is closed.")
            self._waiting.extend(rows)
            self._changed.notify()

    def close(self) -> None:
        """End after the batch that is being written; what waits is told that the model is closed."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()
        atexit.unregister(self.close)

    def _run(self) -> None:
        while rows := self._next():
            try:
                self._write(rows)
            except Exception as error:  # noqa: BLE001 - the thread must live on; whoever asked is told
                for row in rows:
                    row.fail(GenerationError(f"{self._name}: the model failed: {type(error).__name__}: {error}."))

    def _next(self) -> list[Row]:
        """The next batch; empty once the worker is closed."""
        with self._changed:
            while not self._waiting and not self._is_closed:
                self._changed.wait()
            if self._is_closed:
                for row in self._waiting:
                    row.fail(GenerationError(f"{self._name}: the model is closed."))
                return []
            return [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
