"""Brackets of code that need not be whole: strings and comments are left out by the look of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PYTHON: Final = re.compile(
    r"""#[^\n]*|(?:'''(?:\\.|[^\\])*?(?:'''|$))|(?:\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|$))"""
    r"""|'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?|[()\[\]{}]""",
    re.DOTALL,
)
_OTHERS: Final = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|$)|`(?:\\.|[^`\\])*`?|'(?:\\.|[^'\\\n]){1,12}'|"(?:\\.|[^"\\\n])*"?|[()\[\]{}]""", re.DOTALL
)
_OPENS: Final = {")": "(", "]": "[", "}": "{"}
_LOOKED_AT: Final = 20_000
"""Characters before a cursor in which an open bracket is looked for."""


def brackets(text: str, language: str) -> Iterator[tuple[int, str]]:
    """Places and brackets outside strings and comments."""
    for found in (_PYTHON if language == "Python" else _OTHERS).finditer(text):
        if len(found.group()) == 1 and found.group() in "()[]{}":
            yield found.start(), found.group()


def first_unopened(text: str, language: str) -> int | None:
    """Place of the first bracket that closes what the text did not open; None where there is none."""
    depth = 0
    for at, bracket in brackets(text, language):
        depth += 1 if bracket in "([{" else -1
        if depth < 0:
            return at
    return None


def opened_before(text: str, language: str) -> bool:
    """Whether a bracket is open at the end of a text, by the statement that its last lines belong to.

    >>> opened_before("x = f(1,\\n      ", "Python"), opened_before("f(1)\\nx = ", "Python")
    (True, False)
    """
    open_: list[str] = []
    for _, bracket in brackets(text[-_LOOKED_AT:], language):
        if bracket in "([{":
            open_.append(bracket)
        elif open_ and open_[-1] == _OPENS[bracket]:
            open_.pop()
    return bool(open_)
