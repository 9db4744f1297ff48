"""Quotations: the lines of a file that a match rests on, short enough to be published with every sample."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from seedbed.data.filters.license.evidence import MAX_QUOTE, Evidence, RuleMatch, quotation
from seedbed.data.filters.license.versions import rule_url

_MARKS = re.compile(r"^\s*(?:/\*+|\*+/|\*+|//+!?|#+|;+|--+|%+|<!--+|\.\.(?=\s))?\s*|\s*(?:\*+/|--+>)?\s*$")
_LEGAL = re.compile(
    r"licen[sc]|spdx|copyright|copying|permission|permitted|redistribut|public domain|warrant|\btrain", re.IGNORECASE
)


class Quotes:
    """Quotations from the legal files of a source, each taken once. Args: files: path to text, None for an unreadable one."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self._files = files
        self._lines = cache(lambda path: lines_of(files.get(path) or ""))
        self._quoted = cache(self._quote)

    def fill(self, evidence: Evidence | None) -> Evidence | None:
        """The evidence with the quotations and pages that its matches lack."""
        if evidence is None:
            return None
        return replace(evidence, matches=tuple(map(self._quoted, evidence.matches)))

    def _quote(self, match: RuleMatch) -> RuleMatch:
        text = match.text or quote(self._lines(match.file), match.start_line, match.end_line)
        return replace(match, text=text, url=match.url or rule_url(match.rule, match.expression))


def lines_of(text: str) -> list[str]:
    """Lines as an editor counts them, and as scans do."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def quote(lines: list[str], first: int, last: int) -> str:
    """Lines `first` to `last`, counted from 1, on one line, without marks of comments; the legal words of one that is too long.

    >>> quote(["/* Licensed under", " * the MIT license. */"], 1, 2)
    'Licensed under the MIT license.'
    """
    span = lines[max(first - 1, 0) : last]
    if len(span) == 1 and len(span[0]) > MAX_QUOTE:
        word = _LEGAL.search(span[0])
        start = max(word.start() - MAX_QUOTE // 4, 0) if word else 0
        return quotation(span[0][start:])
    return quotation(" ".join(_MARKS.sub("", line) for line in span[:MAX_QUOTE]))
