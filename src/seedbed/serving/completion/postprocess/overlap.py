"""A completion does not say again what stands behind the cursor."""

from __future__ import annotations

from typing import Final

from seedbed.serving.completion.postprocess.position import Place

_LOOKED_AT: Final = 2000
"""Characters of the text behind the cursor that are compared."""

_FEWEST_LETTERS: Final = 3
"""An end as short as this is no repetition: brackets stand behind each other for good reasons."""


def drop_suffix(text: str, place: Place) -> str:
    """The text less an end that the suffix begins with, and less lines that the suffix has as its first ones."""
    behind = place.suffix[:_LOOKED_AT]
    if not behind.strip() or not text.strip():
        return text
    return _without_lines(_without_end(text, behind), behind)


def _without_end(text: str, behind: str) -> str:
    """Cut the longest end of the text that the suffix begins with, white space between them aside."""
    start = behind.lstrip()
    body = text.rstrip()
    for size in range(min(len(body), len(start)), 0, -1):
        end = body[len(body) - size :]
        if start.startswith(end) and (len(end.strip()) >= _FEWEST_LETTERS or _closes_the_line(end, behind)):
            left = body[: len(body) - size]
            return left.rstrip() if behind[0] in "\r\n" else left.rstrip(" \t")
    return text


def _closes_the_line(end: str, behind: str) -> bool:
    """Whether it is closing signs that the cursor's own line has behind the cursor."""
    return all(letter in ")]}\"';,:" for letter in end) and behind.startswith(end)


def _without_lines(text: str, behind: str) -> str:
    """Cut from the line on that is, with all that follow it, how the suffix begins."""
    wanted = [line.strip() for line in behind.split("\n") if line.strip()]
    lines = text.splitlines(keepends=True)
    for number in range(1, len(lines)):
        rest = [line.strip() for line in lines[number:] if line.strip()]
        if rest and len("".join(rest)) >= _FEWEST_LETTERS and wanted[: len(rest)] == rest:
            return "".join(lines[:number]).rstrip()
    return text
