"""metrics.jsonl of a run, and its progress on a terminal or a dashboard."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from math import log
from pathlib import Path
from statistics import median
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from seedbed.core.errors import MissingExtraError
from seedbed.core.io.files import write_atomic
from seedbed.models.tokens.manifest import VALIDATION, TokensManifest

MetricsRow = dict[str, float]


def append(path: Path, row: MetricsRow) -> None:
    """Append a row and flush it to the file."""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")


def read(path: Path) -> list[MetricsRow]:
    """All rows, without a last line that a killed process left incomplete."""
    return list(_rows(path)) if path.is_file() else []


def cut(path: Path, step: int) -> None:
    """Drop the rows after a step: a run that resumes from its checkpoint writes them again."""
    rows = [row for row in read(path) if row["step"] <= step]
    write_atomic(path, "".join(json.dumps(row) + "\n" for row in rows))


def speed(rows: list[MetricsRow]) -> float:
    """Median over the steps, so that a pause of the machine does not count. Unit: tokens per second."""
    values = [row["tokens_per_s"] for row in rows if "tokens_per_s" in row]
    return median(values) if values else 0.0


def validations(rows: list[MetricsRow]) -> list[MetricsRow]:
    """Rows of validations by step; the later of two at the same step."""
    return list({row["step"]: row for row in rows if "validation_loss" in row}.values())


def bits_per_byte(loss: float, tokens: TokensManifest) -> float:
    """Validation loss per byte of text, comparable between tokenizers.

    Unit: nats per token -> bits per byte.
    Error: uses the tokens per byte of the whole split, not of the windows that were measured.
    """
    return loss / log(2) * tokens.tokens[VALIDATION] / tokens.bytes[VALIDATION]


def _rows(path: Path) -> Iterator[MetricsRow]:
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            return


PLAIN_SECONDS: Final = 15.0
"""Time between two lines of steps without a terminal."""

_SMOOTHING: Final = 0.9


class TrainingBar:
    """A progress bar with loss, tokens per second and time left; without a terminal, a line now and then."""

    def __init__(self, name: str, steps: int, done: int = 0, *, plain_seconds: float = PLAIN_SECONDS) -> None:
        console = Console(stderr=True)
        self._name, self._steps, self._plain = name, steps, not console.is_terminal
        self._speed, self._plain_seconds = 0.0, plain_seconds
        self._last_line = time.monotonic()
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

    def show(self, row: MetricsRow) -> None:
        """Move the bar for the row of a step; print a line for the row of a validation."""
        if "validation_loss" in row:
            loss, bits = row["validation_loss"], row["bits_per_byte"]
            self._line(f"step {row['step']:,}: validation loss {loss:.4f}, {bits:.3f} bits per byte")
            return
        speed = row["tokens_per_s"]
        self._speed = speed if not self._speed else _SMOOTHING * self._speed + (1 - _SMOOTHING) * speed
        facts = f"loss {row['loss']:.3f}, {self._speed:,.0f} tokens/s"
        self._progress.start()
        self._progress.update(self._task, completed=row["step"], facts=facts)
        if self._plain and time.monotonic() - self._last_line >= self._plain_seconds:
            left = (self._steps - row["step"]) * row["seconds"] / row["step"]
            self._line(f"step {row['step']:,} of {self._steps:,}: {facts}, {left:.0f} s left")

    def close(self) -> None:
        """Restore the terminal."""
        self._progress.stop()

    def _line(self, text: str) -> None:
        self._last_line = time.monotonic()
        if self._plain:
            sys.stderr.write(f"{self._name}: {text}\n")
            sys.stderr.flush()
        else:
            self._progress.console.print(text, highlight=False)


class TrackioDashboard:
    """Sends rows to trackio from the rank that reports. Not tried with trackio yet."""

    def __init__(self, project: str, name: str) -> None:
        """Raises: MissingExtraError when trackio is not installed."""
        if find_spec("trackio") is None:
            raise MissingExtraError("--trackio needs trackio, which is not installed: pip install trackio")
        self._project, self._name = project, name
        self._log: Callable[..., None] | None = None

    def show(self, row: MetricsRow) -> None:
        """Send a row under its step; the first one starts the trackio run."""
        trackio = import_module("trackio")
        if self._log is None:
            trackio.init(project=self._project, name=self._name, resume="allow")
            self._log = trackio.log
        self._log({key: value for key, value in row.items() if key != "step"}, step=int(row["step"]))

    def close(self) -> None:
        """Send what is buffered."""
        if self._log is not None:
            import_module("trackio").finish()
