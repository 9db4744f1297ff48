"""Brackets and literals of code that need not be complete, recognised without a grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from seedbed.core.syntax import named

_OPENS: Final = {")": "(", "]": "[", "}": "{"}
_OVER_LINES: Final = ("'''", '"""', "`", "/*")
"""Literals and comments that may go over several lines, by their first characters."""

_MAX_CHARACTERS: Final = 20_000
"""Characters at the end of a text in which an open bracket is looked for."""


def brackets(text: str, language: str) -> Iterator[tuple[int, str]]:
    """Position and character of each bracket outside strings and comments."""
    for token in _tokens(text, language):
        if len(token.group()) == 1 and token.group() in "()[]{}":
            yield token.start(), token.group()


def first_unopened(text: str, language: str) -> int | None:
    """Position of the first bracket that closes what the text did not open; None where there is none."""
    depth = 0
    for at, bracket in brackets(text, language):
        depth += 1 if bracket in "([{" else -1
        if depth < 0:
            return at
    return None


def open_brackets(text: str, language: str) -> list[tuple[int, str]]:
    """Position (in the last 20,000 characters) and character of each bracket that is open at the end, the innermost last.

    >>> open_brackets("x = f([1,\\n      ", "Python"), open_brackets("f(1)\\nx = ", "Python")
    ([(5, '('), (6, '[')], [])
    """
    still_open: list[tuple[int, str]] = []
    for at, bracket in brackets(text[-_MAX_CHARACTERS:], language):
        if bracket in "([{":
            still_open.append((at, bracket))
        elif still_open and still_open[-1][1] == _OPENS[bracket]:
            still_open.pop()
    return still_open


def ends_in_literal(text: str, language: str) -> bool:
    """Whether a string or comment that may go over several lines is open at the end.

    >>> ends_in_literal('x = \\"\\"\\"a\\n', "Python"), ends_in_literal("/* a */\\n", "Java")
    (True, False)
    """
    last = ""
    for token in _tokens(text, language):
        last = token.group() if token.end() >= len(text.rstrip("\n")) else ""
    opening = next((mark for mark in _OVER_LINES if last.startswith(mark)), "")
    closing = "*/" if opening == "/*" else opening
    return bool(opening) and not (last.endswith(closing) and len(last) >= len(opening) + len(closing))


def _tokens(text: str, language: str) -> Iterator[re.Match[str]]:
    return named(language).quoted.finditer(text)
