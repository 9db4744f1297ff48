"""metrics.jsonl: a row for each step and for each validation, as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from seedbed.core.io.atomic import write_atomic

Row = dict[str, float]


def append(path: Path, row: Row) -> None:
    """Add a row; it is in the file when this returns."""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")


def read(path: Path) -> list[Row]:
    """All rows; a last line that a kill cut short is left out."""
    return list(_rows(path)) if path.is_file() else []


def cut(path: Path, step: int) -> None:
    """Forget what came after a step: the run goes on from its checkpoint, and writes those rows again."""
    rows = [row for row in read(path) if row["step"] <= step]
    write_atomic(path, "".join(json.dumps(row) + "\n" for row in rows))


def speed(rows: list[Row]) -> float:
    """Tokens a second: the median over the steps, so that a pause of the machine does not count."""
    values = [row["tokens_per_s"] for row in rows if "tokens_per_s" in row]
    return median(values) if values else 0.0


def validations(rows: list[Row]) -> list[Row]:
    """The rows of validations, by step; of two at one step the later."""
    return list({row["step"]: row for row in rows if "validation_loss" in row}.values())


def _rows(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            return
