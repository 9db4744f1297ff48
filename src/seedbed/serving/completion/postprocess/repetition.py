"""A completion that repeats itself is cut after the first round."""

from __future__ import annotations

import re
from typing import Final

from seedbed.serving.completion.postprocess.place import Place

_MAX_ROUND_LINES: Final = 6
"""Longest run of lines that counts as one round."""

_ROUNDS_OF_LINES: Final = 2
"""Further rounds of lines that make a repetition; fewer are an ordinary list."""

_MAX_ROUND_CHARACTERS: Final = 24
_ROUNDS_OF_CHARACTERS: Final = 7
"""Further rounds of characters that make a repetition."""

_CHARACTERS: Final = re.compile(rf"(.{{1,{_MAX_ROUND_CHARACTERS}}}?)\1{{{_ROUNDS_OF_CHARACTERS},}}", re.DOTALL)
_RULER: Final = re.compile(r"[-=*#~_/. \t\n]+")
"""Rulers and white space may repeat."""


def cut_repetition(text: str, place: Place) -> str:  # noqa: ARG001 - all rules have one signature
    """The text up to the end of the first round of what it repeats."""
    return _cut_lines(_cut_characters(text))


def settled_characters(text: str) -> str:
    """The part of a text being written that is no second round of characters, and cannot become one.

    White space at its end may still become one; it tells that a line is complete.
    """
    end = len(text) - _repeated_characters(text)
    return _cut_characters(text)[: len(text) if text[end:].isspace() else end]


def settled_lines(text: str) -> str:
    """The part of a text being written, of whole lines, that is no second round of lines, and cannot become one."""
    lines = text.splitlines(keepends=True)
    first_round = "".join(lines[: len(lines) - _repeated_lines(text)])
    return min(_cut_lines(text), first_round, key=len)


def _cut_characters(text: str) -> str:
    for repetition in _CHARACTERS.finditer(text):
        if not _RULER.fullmatch(repetition.group(1)):
            return text[: repetition.start() + len(repetition.group(1))]
    return text


def _cut_lines(text: str) -> str:
    """Blank lines and single brackets may repeat."""
    lines = text.splitlines(keepends=True)
    stripped = [line.strip() for line in lines]
    for start in range(len(lines)):
        for size in range(1, _MAX_ROUND_LINES + 1):
            first = stripped[start : start + size]
            following = stripped[start + size : start + size * (_ROUNDS_OF_LINES + 1)]
            if _is_a_round(first) and following == first * _ROUNDS_OF_LINES:
                return "".join(lines[: start + size])
    return text


def _is_a_round(stripped: list[str]) -> bool:
    return any(len(line) > 2 for line in stripped)


def _repeated_characters(text: str) -> int:
    """Characters at the end that equal those one round before, for the round length for which they are most."""
    longest = 0
    for period in range(1, _MAX_ROUND_CHARACTERS + 1):
        most, size = min(len(text) - period, _ROUNDS_OF_CHARACTERS * period), 0
        while size < most and text[-1 - size] == text[-1 - size - period]:
            size += 1
        start = len(text) - size
        if size > longest and not _RULER.fullmatch(text[start - period : start]):
            longest = size
    return longest


def _repeated_lines(text: str) -> int:
    """Lines at the end that equal those one round before, likewise."""
    stripped = [line.strip() for line in text.splitlines()]
    longest = 0
    for period in range(1, _MAX_ROUND_LINES + 1):
        size = 0
        while size < len(stripped) - period and stripped[-1 - size] == stripped[-1 - size - period]:
            size += 1
        start = len(stripped) - size
        if size > longest and _is_a_round(stripped[start - period : start]):
            longest = size
    return longest
