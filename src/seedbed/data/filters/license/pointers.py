"""Sentences that refer to a license file, where scancode's rules miss them: "see docs/COPYING for the terms"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from seedbed.data.filters.license.evidence import LicenseFinding, unknown

_SEEDS = ("LICENSE", "LICENCE", "COPYING", "EULA", "license", "licence", "copying.")
"""Every name that is looked for contains one of these: `str.find` is fast, where a pattern would cost as much as a parse."""

_STEM = re.compile(
    r"(?:LICEN[CS]E|COPYING|EULA)\b|licen[cs]e(?:-[\w-]+)?\.(?=(?:txt|md|rst|html)\b)|copying\.(?=txt|md|rst)|licen[cs]es/(?=\w)"
)
_BEFORE = re.compile(r"[\w./-]*$")
_AFTER = re.compile(r"(?:[-._/]?\w+)*")
_LEAD = re.compile(
    r"\b(?:see|refer to|read|consult|(?:found|included|contained|provided|specified|described|stated|given) (?:in|at|under|with)|"
    r"terms (?:of|in)|governed by|according to|licen[cs]e[ds]?(?: is| are| terms)?(?: in| under)?)[ \t]+"
    r"(?:the |this |our )?(?:(?:accompanying|included|enclosed|attached|top[- ]level|root|main|project'?s?|license) )*"
    r"(?:file )?(?:called |named )?[`'\"(<\[]*$",
    re.IGNORECASE,
)
_LONGEST_LEAD = 120
"""Characters before a file's name in which the sentence about it must begin."""


def pointers(text: str, findings: Iterable[LicenseFinding], file: str) -> list[LicenseFinding]:
    """An unknown license for each license file that a sentence names, on the first such line that no finding explains.

    >>> pointers("# See docs/COPYING for license terms.", [], "a.py")[0].matches[0].refers
    ('docs/COPYING',)
    >>> pointers("open('LICENSE')  # https://example.org/LICENSE", [], "a.py")
    []
    """
    explained = {
        line for finding in findings for match in finding.matches for line in range(match.start_line, match.end_line + 1)
    }
    first_lines: dict[str, int] = {}
    for line, name in named(text):
        if line not in explained:
            first_lines.setdefault(name, line)
    return [unknown(f"pointer: {name}", file, (line, line), (name,)) for name, line in first_lines.items()]


def named(text: str) -> Iterator[tuple[int, str]]:
    """Number of the line and name of the license file, for each sentence that points to one."""
    line, counted = 1, 0
    for place in sorted(_seeds(text)):
        stem = _STEM.match(text, place)
        start = max(text.rfind("\n", 0, place) + 1, place - _LONGEST_LEAD)
        before = _BEFORE.search(text, start, place) if stem else None
        if stem and before and _LEAD.search(text[start : before.start()]):
            after = _AFTER.match(text, stem.end())
            line, counted = line + text.count("\n", counted, place), place
            yield line, text[before.start() : after.end() if after else stem.end()]


def _seeds(text: str) -> Iterator[int]:
    for seed in _SEEDS:
        place = text.find(seed)
        while place >= 0:
            yield place
            place = text.find(seed, place + 1)
