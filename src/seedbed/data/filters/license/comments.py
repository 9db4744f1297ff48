"""The comments of a source file, found by their marks alone, whatever its language."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

_DIRECTIVE = (
    r"(?:define|ifn?def|if|endif|undef|pragma|error|elif|else|line|import)\b| {0,8}include[ \t]*[<\"]|"
    r" {1,8}(?:define [A-Z_]+\b|ifn?def \w+$|endif\b)|!?\["
)
_MARK = rf"(?:#(?!{_DIRECTIVE})|//|;|%|--(?!\[\[)|\*|dnl\b|[Rr][Ee][Mm]\b|\.\\\"|!(?=[ \n])|::(?= ))"
_MAX_LINES = 400
_LINE_COMMENT = re.compile(rf"[ \t]*{_MARK}")
_BLOCKS = (("/*", "*/"), ("<!--", "-->"), ("{-", "-}"), ("(*", "*)"), ("--[[", "]]"), ("=begin", "=end"), ("=pod", "=cut"))
_QUOTES = ('"""', "'''")
_CODE = re.compile(
    r"[;{}()\[\],=:\\]\s*$|\w\(|\w\[|[=!<>]=|\s=\s|->|::|^\s*(?:@|import\b|from\b|def\b|class\b|return\b|if\b|for\b|else\b|"
    r"[\w.]+$)"
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

    Docstrings count as comments, and so does any other text in triple quotes, and a paragraph that does not look like code.

    Args: starts: characters at which the lines of the text start; lines: numbers of the lines, from 0, ascending.
    """
    source = _Source(text, starts)
    last = -1
    for line in lines:
        if line > last:
            span = source.around(line)
            if span is not None:
                first, last = max(span[0], last + 1), span[1]
                yield Comment(first, source.of(first, last), source.is_head(first))


class _Source:
    """A text whose comments are looked for around some lines. Args: starts: characters at which its lines start."""

    def __init__(self, text: str, starts: Sequence[int]) -> None:
        self._text = text
        self._starts = starts
        self._blocks = [(opener, closer) for opener, closer in _BLOCKS if opener in text]
        self._quotes = [[match.start() for match in re.finditer(quote, text)] for quote in _QUOTES if quote in text]

    def of(self, first: int, last: int) -> str:
        """The lines from the first to the last."""
        return self._text[self._starts[first] : self._end(last)]

    def around(self, line: int) -> tuple[int, int] | None:
        """First and last line of the comment that holds a line; None where there is none."""
        return self._block(line) or self._quoted(line) or self._marked(line) or self._paragraph(line)

    def is_head(self, first: int) -> bool:
        """Whether at most some lines of code stand before a line, imports aside."""
        if first >= _HEAD_LINES:
            return False
        code = (line for line in range(first) if not _IN_HEAD.match(self.of(line, line)) and not self.around(line))
        return sum(1 for _ in islice(code, _HEAD_CODE_LINES)) < _HEAD_CODE_LINES

    def _end(self, line: int) -> int:
        return self._starts[line + 1] - 1 if line + 1 < len(self._starts) else len(self._text)

    def _line(self, character: int) -> int:
        return bisect_right(self._starts, character) - 1

    def _block(self, line: int) -> tuple[int, int] | None:
        for opener, closer in self._blocks:
            place = self._text.rfind(opener, 0, self._end(line))
            first = self._line(place) if place >= 0 else 0
            if place >= 0 and line - first < _MAX_LINES and not self._text[self._starts[first] : place].strip():
                end = self._text.find(closer, place + len(opener))
                if end < 0 or end >= self._starts[line]:
                    return first, min(self._line(end) if end >= 0 else len(self._starts) - 1, first + _MAX_LINES)
        return None

    def _quoted(self, line: int) -> tuple[int, int] | None:
        for places in self._quotes:
            before = bisect_left(places, self._starts[line])
            opening = before - 1 if before % 2 else before
            if opening < len(places) and places[opening] < self._end(line):
                closing = places[opening + 1] if opening + 1 < len(places) else len(self._text)
                return max(self._line(places[opening]), line - _MAX_LINES), min(self._line(closing), line + _MAX_LINES)
        return None

    def _marked(self, line: int) -> tuple[int, int] | None:
        return self._run(line, _LINE_COMMENT.match)

    def _paragraph(self, line: int) -> tuple[int, int] | None:
        return self._run(line, lambda text: None if not text.strip() or _CODE.search(text) else True)

    def _run(self, line: int, belongs: Callable[[str], object]) -> tuple[int, int] | None:
        """The lines around a line that all belong."""
        if not belongs(self.of(line, line)):
            return None
        first = last = line
        while first > 0 and line - first < _MAX_LINES and belongs(self.of(first - 1, first - 1)):
            first -= 1
        while last + 1 < len(self._starts) and last - line < _MAX_LINES and belongs(self.of(last + 1, last + 1)):
            last += 1
        return first, last
