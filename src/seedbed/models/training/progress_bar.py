"""Progress of a run: loss, tokens a second and the time left; a line now and then where there is no terminal."""

from __future__ import annotations

import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from seedbed.models.training.metrics import Row

PLAIN_SECONDS = 15.0
"""Between two lines of steps."""

_SMOOTHING = 0.9


class TrainingBar:
    """Shows rows of metrics as they come. Appears with the first one."""

    def __init__(self, name: str, steps: int, done: int = 0, *, plain_seconds: float = PLAIN_SECONDS) -> None:
        console = Console(stderr=True)
        self._name, self._steps, self._plain = name, steps, not console.is_terminal
        self._speed, self._plain_seconds = 0.0, plain_seconds
        self._said = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[facts]}"),
            TimeRemainingColumn(),
            console=console,
            disable=self._plain,
        )
        self._task = self._progress.add_task(name, total=steps, completed=done, facts="")

    def show(self, row: Row) -> None:
        """A row of a step moves the bar; one of a validation is a line of its own."""
        if "validation_loss" in row:
            loss, bits = row["validation_loss"], row["bits_per_byte"]
            self._line(f"step {row['step']:,}: validation loss {loss:.4f}, {bits:.3f} bits per byte")
            return
        speed = row["tokens_per_s"]
        self._speed = speed if not self._speed else _SMOOTHING * self._speed + (1 - _SMOOTHING) * speed
        facts = f"loss {row['loss']:.3f}, {self._speed:,.0f} tokens/s"
        self._progress.start()
        self._progress.update(self._task, completed=row["step"], facts=facts)
        if self._plain and time.monotonic() - self._said >= self._plain_seconds:
            left = (self._steps - row["step"]) * row["seconds"] / row["step"]
            self._line(f"step {row['step']:,} of {self._steps:,}: {facts}, {left:.0f} s left")

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._progress.stop()

    def _line(self, text: str) -> None:
        self._said = time.monotonic()
        if self._plain:
            sys.stderr.write(f"{self._name}: {text}\n")
            sys.stderr.flush()
        else:
            self._progress.console.print(text, highlight=False)
