"""A legal text as words with their places: which of them a license match covers, and the sentences that they form."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Set
from dataclasses import dataclass

WORD = re.compile(r"[^_\W]+\+?[^_\W]*")
"""Scancode's words (licensedcode.tokenize.query_pattern), so that its places can be counted in the text."""

_STOPS = re.compile(
    r"\n[ \t]*(?:\n[ \t]*)+|[.!?;](?=\s|$)|[。！？；]|\n(?=[ \t]*(?:[-*•]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \t])|"
    r"\n[ \t]*[-=_*#~]{3,}[ \t]*(?=\n)|"
    r"\n(?=[ \t]*(?:portions (?:are )?)?(?:copyright\b|\(c\)|©|spdx-))",
    re.IGNORECASE,
)
_NOTICE_LINE = re.compile(r"^[ \t]*(?:portions (?:are )?)?(?:copyright\b|\(c\)|©|spdx-).*$", re.IGNORECASE | re.MULTILINE)
_ABBREVIATION = re.compile(r"(?:\b(?:inc|corp|ltd|co|llc|mr|dr|jr|st|no|vs|etc|e\.g|i\.e|u\.s|v?\d+)|\b[a-z])$", re.IGNORECASE)
_MARKS = re.compile(
    r"^[ \t]*(?:[#*;%!|]+|//+!?|--+|/\*+!?|<!--|\(\*|\{-|dnl\b|rem\b|REM\b|\.\\\")|(?:\*+/|-->|\*\)|-\}|[*#|]+)[ \t]*$",
    re.MULTILINE,
)

MOST_WORDS, SHARED_WORDS = 300, 100
"""Words of a longer sentence that are read together, and how many of them are read again with those that follow.

Patterns that look for two words of a sentence take time by its length squared, and a hostile text is a single sentence.
"""


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case; `line` counts from 1, `start` and `end` are characters of the whole text."""

    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words from `first` up to, but without, `last`, as indices of the text's words; `lines` are 1-based and inclusive."""

    first: int
    last: int
    text: str
    lines: tuple[int, int]


class WordedText:
    """A text with its words and sentences.

    Args: text: any text, lines parted by `\\n`; the marks of comments are blanked.
    """

    def __init__(self, text: str) -> None:
        self.text = text = _MARKS.sub(lambda match: " " * len(match[0]), text)
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self.words = [Word(match[0].lower(), self.line(match.start()), *match.span()) for match in WORD.finditer(text)]

    def line(self, character: int) -> int:
        """Line of a character, counted from 1."""
        return bisect_right(self._line_ends, character) + 1

    def is_open(self, start: int, end: int, covered: Set[int]) -> bool:
        """Whether at least one word between two characters is not covered."""
        return any(word.start() not in covered for word in WORD.finditer(self.text, start, end))

    def sentences(self) -> Iterator[Sentence]:
        """Sentences from the top: parted by full stops, blank lines, rules of dashes and list marks.

        Of more than `MOST_WORDS` words they come in parts, each of which begins with the last `SHARED_WORDS` of the part before.
        """
        first = 0
        for stop in (*_stops(self.text), len(self.text)):
            last = first
            while last < len(self.words) and self.words[last].start < stop:
                last += 1
            for start in range(first, max(first + 1, last - SHARED_WORDS), MOST_WORDS - SHARED_WORDS):
                if last > first:
                    yield self.sentence(start, min(start + MOST_WORDS, last))
            first = last

    def sentence(self, first: int, last: int) -> Sentence:
        """The sentence of these words, as it reads without line ends and comment marks."""
        start, end = self.words[first], self.words[last - 1]
        tail = self.text[end.end : end.end + 1]
        text = self.text[start.start : end.end] + (tail if tail in {".", "!", "?"} else "")
        return Sentence(first, last, " ".join(text.split()), (start.line, end.line))


def _stops(text: str) -> list[int]:
    ends = {match.end() for match in _NOTICE_LINE.finditer(text)}
    for match in _STOPS.finditer(text):
        if match[0] != "." or not _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start()]):
            ends.add(match.end())
    return sorted(ends)
