"""The sample that a card shows, and how much of its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
_EVIDENCE = ("license_header", "license_nearest_file", "license_declared")
READ = (
    *("id", "lines", "functions", "cyclomatic_max", "language_disagrees", "cluster"),
    *(f"{name}.expression" for name in _EVIDENCE),
)
"""Columns that `rank` reads."""

_LINES = (15, 48)
_SHOWN_LINES, _SHOWN_CHARACTERS = 48, 2400


def rank(row: Row) -> tuple[Any, ...]:
    """Sorts the best example first: all evidence, a few functions, on one screen, with copies; the id decides a tie."""
    low, high = _LINES
    return (
        sum(row[name] is None for name in _EVIDENCE),
        not 2 <= row["functions"] <= 8,
        not 3 <= row["cyclomatic_max"] <= 15,
        row["language_disagrees"],
        not low <= row["lines"] <= high,
        row["cluster"] is None,
        row["id"],
    )


def cut(row: Row) -> dict[str, Any]:
    """The row with the first whole lines of its text, at most 48 and 2,400 characters."""
    shown: list[str] = []
    for line in row["text"].splitlines(keepends=True)[:_SHOWN_LINES]:
        if shown and sum(map(len, shown)) + len(line) > _SHOWN_CHARACTERS:
            break
        shown.append(line[:_SHOWN_CHARACTERS])
    return {**row, "text": "".join(shown)}
