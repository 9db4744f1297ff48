"""Where in a manifest the words of a match stand. Packagedcode counts lines in the statement that it puts together."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DRESSING = re.compile(r"^\s*(?:- +)?(?:(?:name|url|comments|distribution|license|type): )?['\"]?")
_FILES = re.compile(r"\s*\blicense[_-]files?:.*", re.DOTALL)


def locate(statement: str, text: str, *, points_to_files: bool = False) -> tuple[int, int]:
    """First and last line of a matched statement in a manifest, counted from 1.

    Best is a line on which the words are a whole value, then one that holds them among others; of equals one that speaks
    of a license, then one below such a line. Where they stand nowhere: the first line that speaks of a license, or 1.

    Args: statement: matched words, as packagedcode quotes them; points_to_files: the match is about `license_files`.
    """
    lines = text.lower().splitlines()
    words = _words(statement, points_to_files=points_to_files)
    first = _first(words[0], lines) if words else None
    if first is None:
        first = next((number for number, line in enumerate(lines) if "licen" in line), 0)
        return first + 1, first + 1
    return first + 1, _last(words, lines, first) + 1


def line_of_field(field: str, text: str) -> int:
    """Line of a header field of core metadata, counted from 1."""
    starts = (number for number, line in enumerate(text.lower().splitlines(), 1) if line.startswith(f"{field.lower()}:"))
    return next(starts, 1)


def _words(statement: str, *, points_to_files: bool) -> list[str]:
    """Lines of the statement without what packagedcode put around them; blank ones at its ends left out."""
    files = _FILES.search(statement)
    if files and points_to_files:
        return ["license_files"]
    plain = _DRESSING.sub("", statement[: files.start()] if files else statement).strip().rstrip("'\"")
    return plain.lower().splitlines()


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
