"""A completion that goes round in circles is cut after its first round."""

from __future__ import annotations

import re
from typing import Final

from seedbed.serving.completion.postprocess.position import Place

_LINES_OF_A_ROUND: Final = 6
"""Longest run of lines that is looked for again right behind itself."""

_ROUNDS_OF_LINES: Final = 2
"""Times that a run of lines may stand behind itself before it is no list any more."""

_IN_A_LINE: Final = re.compile(r"(.{1,24}?)\1{7,}", re.DOTALL)
"""The same few letters eight times over; a ruler of one sign is no circle."""

_RULER: Final = re.compile(r"[-=*#~_/. \t\n]+")


def no_repetition(text: str, place: Place) -> str:  # noqa: ARG001 - all rules are called alike
    """The text up to where it begins to repeat itself."""
    return _by_lines(_by_letters(text))


def _by_letters(text: str) -> str:
    """Cut behind the first time of what comes eight times over, unless it is a ruler or white space."""
    for found in _IN_A_LINE.finditer(text):
        if not _RULER.fullmatch(found.group(1)):
            return text[: found.start() + len(found.group(1))]
    return text


def _by_lines(text: str) -> str:
    """Cut behind the second time of a run of lines that comes three times or more; blank lines alone are none."""
    lines = text.splitlines(keepends=True)
    said = [line.strip() for line in lines]
    for start in range(len(lines)):
        for size in range(1, _LINES_OF_A_ROUND + 1):
            round_ = said[start : start + size]
            again = said[start + size : start + size * (_ROUNDS_OF_LINES + 1)]
            if any(len(line) > 2 for line in round_) and again == round_ * _ROUNDS_OF_LINES:
                return "".join(lines[: start + size])
    return text
