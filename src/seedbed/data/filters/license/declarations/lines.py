"""The lines of a manifest on which a declaration stands."""

from __future__ import annotations

import re
from collections.abc import Sequence


def locate(words: str, text: str) -> tuple[int, int]:
    """First and last line of the words of a declaration, or of some of them, in a manifest, counted from 1.

    Best is a line on which the words are a whole value, then one that holds them among others; of equals one that mentions
    a license, then one below such a line. Where no line has them: the first line that mentions a license, or 1.
    """
    lines = text.lower().splitlines()
    parts = words.strip().lower().splitlines()
    first = _first_line(parts[0], lines) if parts else None
    if first is None:
        first = next((number for number, line in enumerate(lines) if "licen" in line), 0)
        return first + 1, first + 1
    return first + 1, _last_line(parts, lines, first) + 1


def line_of_field(field: str, text: str) -> int:
    """Line of a header field of core metadata, counted from 1."""
    starts = (number for number, line in enumerate(text.lower().splitlines(), 1) if line.startswith(f"{field.lower()}:"))
    return next(starts, 1)


def _first_line(words: str, lines: Sequence[str]) -> int | None:
    spaced = r"\s+".join(map(re.escape, words.split()))
    value = re.compile(rf"(?:^|(?<!:)[>\"':=])\s*{spaced}\s*(?:$|[<\"',;\]}}])")
    among = re.compile(rf"(?<![\w.-]){spaced}(?![\w-])")
    ranks = []
    is_below = False
    for number, line in enumerate(lines):
        mentions = "licen" in line
        if among.search(line):
            ranks.append((not value.search(line), not mentions, not (mentions or is_below), number))
        is_below = is_below or mentions
    return min(ranks)[-1] if ranks else None


def _last_line(words: Sequence[str], lines: Sequence[str], first: int) -> int:
    """Line of the last of several words lines: as far below the first as in the declaration, else the next that has it."""
    expected, end = first + len(words) - 1, words[-1].strip()
    if expected < len(lines) and end in lines[expected]:
        return expected
    return next((number for number in range(first, len(lines)) if end in lines[number]), first)
