"""Progress bars on a terminal; elsewhere a line every 15 seconds."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from seedbed.core.text.formatting import plural

_console = Console(stderr=True)
_PLAIN_SECONDS = 15.0


class Bar:
    """One bar for one stage: `with Bar("clean", 1200) as bar: bar.update(done)`.

    Args: total: None while it is unknown; unit: what is counted, in the singular; None to show no count.
    """

    def __init__(self, name: str, total: int | None, unit: str | None = "file") -> None:
        self._name, self._total, self._unit = name, total, unit
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<12}"),
            BarColumn(),
            *((MofNCompleteColumn(), TextColumn(f"{unit}s")) if unit else ()),
            TimeElapsedColumn(),
            console=_console,
            disable=not _console.is_terminal,
        )
        self._task = self._progress.add_task(name, total=total)
        self._start = self._printed = time.monotonic()
        self._done = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def update(self, done: int, total: int | None = None) -> None:
        """Set how much is done, in the bar's unit."""
        self._done = done
        self._progress.update(self._task, completed=done, total=total or self._total)
        if not _console.is_terminal and time.monotonic() - self._printed > _PLAIN_SECONDS:
            self._say()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()
        if not _console.is_terminal and kind is None:
            self._say()

    def _say(self) -> None:
        self._printed = time.monotonic()
        of = f"{self._done:,} of " if self._total else ""
        done = f"{of}{plural(self._total or self._done, self._unit)}, " if self._unit and self._done else ""
        sys.stderr.write(f"{self._name}: {done}{self._printed - self._start:.0f} s\n")
        sys.stderr.flush()


def say(line: str) -> None:
    """Write a line to standard error; results go to standard output."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
