"""A Python text with a completion in it that Python itself can parse, though the completion stops in mid-statement."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from seedbed.serving.completion.fragment import Fragment

_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_UNFINISHED_LINES: Final = 3
"""Last lines that may be given up; the rest of the completion is still looked at."""


def parsable(fragment: Fragment) -> str | None:
    """Imports and the statements around the completion, up to where they can be read; lines keep their numbers.

    Tried in order: with the suffix; without it; without it, with open brackets closed and a body for an empty block; then the
    same without the last line of the completion, and so on. Returns: None where Python reads nothing.
    """
    for text in _tries(fragment):
        if (tree := _parsed(text)) is not None:
            return "\n".join(_near(text.split("\n"), tree, fragment.start[0], fragment.end[0]))
    return None


def _near(lines: list[str], tree: ast.Module, first: int, last: int) -> list[str]:
    """The lines of the imports and of the statements that touch the lines from `first` to `last`; the others blank.

    A class keeps its head and those of its statements. A file of any length costs what one function costs.
    """
    kept = [""] * len(lines)
    waiting: list[ast.stmt] = list(tree.body)
    for statement in waiting:  # which grows
        start, end = _first_line(statement), statement.end_lineno or statement.lineno
        touches = start <= last and end >= first
        body = _first_line(statement.body[0]) if isinstance(statement, ast.ClassDef) else 0
        if isinstance(statement, ast.ClassDef) and touches and body > statement.lineno:
            waiting += statement.body
            end = body - 1
            kept[end] = " " * statement.body[0].col_offset + "pass"  # for a class of which nothing else is kept
        if touches or isinstance(statement, ast.Import | ast.ImportFrom):
            kept[start - 1 : end] = lines[start - 1 : end]
    return kept


def _first_line(statement: ast.stmt) -> int:
    """Where a statement starts, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _tries(fragment: Fragment) -> Iterator[str]:
    yield fragment.text
    lines = fragment.completion.split("\n")
    for given_up in range(min(_UNFINISHED_LINES + 1, len(lines))):
        text = fragment.prefix + "\n".join(lines[: len(lines) - given_up])
        yield text
        yield _finished(text)


def _finished(text: str) -> str:
    """The text with its brackets closed, and `pass` for a block without a body."""
    closed = text.rstrip() + _open_brackets(text)
    last = closed.rsplit("\n", 1)[-1]
    indent = last[: len(last) - len(last.lstrip())]
    if _opens(closed, "try:"):
        return f"{closed}\n{indent} pass\n{indent}finally:\n{indent} pass\n"
    return f"{closed}\n{indent} pass\n" if closed.endswith(":") else _with_finally(closed)


def _opens(text: str, word: str) -> bool:
    return text.rsplit("\n", 1)[-1].strip() == word


def _with_finally(text: str) -> str:
    """Close a `try` whose body the text ends in: the last line that starts one and is less indented than the end."""
    lines = text.split("\n")
    depth = len(lines[-1]) - len(lines[-1].lstrip())
    for line in reversed(lines[:-1]):
        if not line.strip():
            continue
        here = len(line) - len(line.lstrip())
        if here < depth and line.strip() == "try:":
            return f"{text}\n{' ' * here}finally:\n{' ' * here} pass\n"
        depth = min(depth, here)
    return text


def _open_brackets(text: str) -> str:
    """What closes the brackets that are open at the end; quotes are left to Python to judge."""
    waiting: list[str] = []
    for letter in text:
        if letter in _CLOSING:
            waiting.append(_CLOSING[letter])
        elif waiting and letter == waiting[-1]:
            waiting.pop()
    return "".join(reversed(waiting))


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is somebody else's business
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
