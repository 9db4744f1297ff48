"""The comments of a source file, found by their marks alone, whatever its language."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DIRECTIVE = (
    r"(?:define|ifn?def|if|endif|undef|pragma|error|elif|else|line|import)\b| {0,8}include[ \t]*[<\"]|"
    r" {1,8}(?:define [A-Z_]+\b|ifn?def \w+$|endif\b)|!?\["
)
_MARK = rf"(?:#(?!{_DIRECTIVE})|//|;|%|--(?!\[\[)|\*|dnl\b|[Rr][Ee][Mm]\b|\.\\\"|!(?=[ \n])|::(?= ))"
_MAX_LINES = 400
_COMMENT = re.compile(
    rf"^[ \t]*(?:/\*(?s:.*?)(?:\*/|\Z)|<!--(?s:.*?)(?:-->|\Z)|\(\*(?s:.*?)(?:\*\)|\Z)|\{{-(?s:.*?)(?:-\}}|\Z)|"
    rf"--\[\[(?s:.*?)(?:\]\]|\Z)|"
    rf"=(?:begin|pod)\b(?s:.*?)(?:^=(?:end|cut)\b|\Z)|[rRuUbB]{{0,2}}\"\"\"(?s:.*?)(?:\"\"\"|\Z)|"
    rf"[rRuUbB]{{0,2}}'''(?s:.*?)(?:'''|\Z)|"
    rf"[^\n\"'#]*[rRuUbBfF]{{0,2}}(?:\"\"\"(?s:.*?)\"\"\"|\'\'\'(?s:.*?)\'\'\')|"
    rf"{_MARK}[^\n]*(?:\n[ \t]*{_MARK}[^\n]*){{0,{_MAX_LINES}}})[^\n]*",
    re.MULTILINE,
)
_IN_HEAD = re.compile(
    r"[ \t]*(?:$|#|//|<\?|<!|%|@|package\b|import\b|from\b|using\b|use\b|module\b|namespace\b|['\"]use strict|\"use |"
    r"extern\b|set\b|__\w+__\s*=|[{}();,]*$)"
)
_HEAD_CODE_LINES = 5
"""Lines of code after which a comment no longer belongs to the head of a file."""

_HEAD_LINES = 200
"""Lines of a file in which its head ends."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Comment lines that follow each other; `lines_above` counts those before, `is_head` says that little code stands before."""

    lines_above: int
    text: str
    is_head: bool


def comments(text: str, starts: Sequence[int], lines: Sequence[int]) -> Iterator[Comment]:
    """The comments of a text that hold at least one of some lines, from the top.

    Docstrings count as comments, and so does a text in triple quotes that begins a line.

    Args: starts: characters at which the lines of the text start; lines: numbers of the lines, from 0, ascending.
    """
    head_end = None
    for match in _COMMENT.finditer(text) if lines else ():
        first = bisect_left(starts, match.start() + 1) - 1
        last = bisect_left(starts, match.end() + 1) - 1
        wanted = bisect_left(lines, first)
        if wanted < len(lines) and lines[wanted] <= last:
            head_end = _head_end(text) if head_end is None else head_end
            yield Comment(first, text[starts[first] : match.end()], first < head_end)


def _head_end(text: str) -> int:
    """Number of the line with which the head of a file ends: some lines of code have passed that are no imports."""
    in_comment: set[int] = set()
    lines = text.split("\n", _HEAD_LINES)[:_HEAD_LINES]
    head = "\n".join(lines)
    for match in _COMMENT.finditer(head):
        first = head.count("\n", 0, match.start())
        in_comment.update(range(first, first + head.count("\n", match.start(), match.end()) + 1))
    code = (number for number, line in enumerate(lines) if number not in in_comment and not _IN_HEAD.match(line))
    return next((number for count, number in enumerate(code, 1) if count == _HEAD_CODE_LINES), len(lines))
