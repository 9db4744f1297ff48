"""metrics.jsonl of a run: a row for each step and for each validation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import log
from pathlib import Path
from statistics import median

from seedbed.core.io.atomic import write_atomic
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
