"""Where in a manifest the words of a statement stand."""

from __future__ import annotations

import re
from collections.abc import Sequence


def locate(statement: str, text: str) -> tuple[int, int]:
    """First and last line of a statement, or of a part of one, in a manifest, counted from 1.

    Best is a line on which the words are a whole value, then one that holds them among others; of equals one that speaks
    of a license, then one below such a line. Where they stand nowhere: the first line that speaks of a license, or 1.
    """
    lines = text.lower().splitlines()
    words = statement.strip().lower().splitlines()
    first = _first(words[0], lines) if words else None
    if first is None:
        first = next((number for number, line in enumerate(lines) if "licen" in line), 0)
        return first + 1, first + 1
    return first + 1, _last(words, lines, first) + 1


def line_of_field(field: str, text: str) -> int:
    """Line of a header field of core metadata, counted from 1."""
    starts = (number for number, line in enumerate(text.lower().splitlines(), 1) if line.startswith(f"{field.lower()}:"))
    return next(starts, 1)


def _first(words: str, lines: Sequence[str]) -> int | None:
    spaced = r"\s+".join(map(re.escape, words.split()))
    value = re.compile(rf"(?:^|(?<!:)[>\"':=])\s*{spaced}\s*(?:$|[<\"',;\]}}])")
    among = re.compile(rf"(?<![\w.-]){spaced}(?![\w-])")
    ranks = []
    is_below = False
    for number, line in enumerate(lines):
        speaks = "licen" in line
        if among.search(line):
            ranks.append((not value.search(line), not speaks, not (speaks or is_below), number))
        is_below = is_below or speaks
    return min(ranks)[-1] if ranks else None


def _last(words: Sequence[str], lines: Sequence[str], first: int) -> int:
    """Where the last of several lines stands: as far below the first as in the statement, else wherever it comes next."""
    expected, end = first + len(words) - 1, words[-1].strip()
    if expected < len(lines) and end in lines[expected]:
        return expected
    return next((number for number in range(first, len(lines)) if end in lines[number]), first)
