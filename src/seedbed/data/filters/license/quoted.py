"""Licenses that are named and not granted: texts that a program writes into other files, and comparisons of licenses.

One text alone is no table: a program that prints "License: GPL" states its own license.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from seedbed.data.filters.license.evidence import LicenseFinding, RuleMatch

_ENTRY = re.compile(
    r"\s*(?:[\[({]\s*)?(?:[\w.$\"'`-]{1,60}\s*(?::|=>|=|,)\s*)?[rRbBuUfF]{0,2}(?:\"[^\"]*\"|'[^']*'|`[^`]*`)\s*(?:,|"
    r"[)\]}]+[,;]?)\s*(?:(?://|#).*)?"
)
_LIST = re.compile(r".*[\[({,]\s*(?:[\"'][^\"'\n]{0,80}[\"']\s*,\s*){1,200}[\"'][^\"'\n]{0,80}[\"'].*")
_CLASSIFIER = "License ::"
_COMPARES = re.compile(
    r"\bGPL[- ]compatib|compatib\w+\W+with (?:the )?(?:\w+ ){0,3}(?:[AL]?GPL|General Public)|\bunlike the GPL|n(?:o|\u2019|"
    r"')t (?:\w+\W+){0,6}under the GPL|GPL[- ]incompatib",
    re.IGNORECASE,
)
_MOST_LINES_BETWEEN = 2
_MOST_CHARACTERS = 400
_MOST_LINES_OF_COMPARISON = 3


def set_aside_tables(findings: Sequence[LicenseFinding], lines: Sequence[str]) -> list[LicenseFinding]:
    """The findings, with the matches set aside that are entries of one table and name at least two licenses.

    Args: lines: those of the file.
    """
    entries = sorted(
        {match for finding in findings for match in finding.matches if match.role == "decides" and _is_entry(match, lines)},
        key=lambda match: match.start_line,
    )
    quoted = {match for table in _tables(entries) if len({match.expression for match in table}) > 1 for match in table}
    return [finding.set_aside("quoted", quoted.__contains__) for finding in findings] if quoted else list(findings)


def _is_entry(match: RuleMatch, lines: Sequence[str]) -> bool:
    own = lines[match.start_line - 1 : match.end_line]
    return bool(own) and all(_is_entry_line(line) for line in own)


def _is_entry_line(line: str) -> bool:
    is_short = len(line) < _MOST_CHARACTERS and _CLASSIFIER not in line
    return is_short and bool(_ENTRY.fullmatch(line) or _LIST.fullmatch(line))


def _tables(entries: Iterable[RuleMatch]) -> Iterator[Set[RuleMatch]]:
    """Entries that follow each other."""
    table: list[RuleMatch] = []
    for entry in entries:
        if table and entry.start_line - table[-1].end_line > _MOST_LINES_BETWEEN:
            yield set(table)
            table = []
        table.append(entry)
    yield set(table)


def set_aside_comparisons(findings: Sequence[LicenseFinding], lines: Sequence[str]) -> list[LicenseFinding]:
    """The findings, with the short matches set aside whose sentence compares a license with another: "GPL-compatible"."""

    def compares(match: RuleMatch) -> bool:
        is_short = match.end_line - match.start_line < _MOST_LINES_OF_COMPARISON
        return is_short and bool(_COMPARES.search(" ".join(lines[max(0, match.start_line - 2) : match.end_line + 1])))

    return [finding.set_aside("elsewhere", compares) for finding in findings]
