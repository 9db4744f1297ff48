"""Licenses that a program writes into the files of others: entries of a table of texts, which say nothing about the program.

One text alone is no table: a program that prints "License: GPL" states its own license.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from seedbed.data.filters.license.evidence import LicenseFinding, RuleMatch

_ENTRY = re.compile(
    r"\s*(?:[\[({]\s*)?(?:[\w.$\"'`-]{1,60}\s*(?::|=>|=|,)\s*)?[rRbBuUfF]{0,2}(?:\"[^\"]*\"|'[^']*'|`[^`]*`)\s*(?:,|[)\]}]+[,;]?)\s*(?:(?://|#).*)?"
)
_CLASSIFIER = "License ::"
_MOST_LINES_BETWEEN = 2


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
    return bool(own) and all(_ENTRY.fullmatch(line) and _CLASSIFIER not in line for line in own)


def _tables(entries: Iterable[RuleMatch]) -> Iterator[Set[RuleMatch]]:
    """Entries that follow each other."""
    table: list[RuleMatch] = []
    for entry in entries:
        if table and entry.start_line - table[-1].end_line > _MOST_LINES_BETWEEN:
            yield set(table)
            table = []
        table.append(entry)
    yield set(table)
