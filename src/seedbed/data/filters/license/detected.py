"""What scancode finds in a text, as values that can be kept; `detect` makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seedbed.data.filters.license.evidence import LicenseFinding
from seedbed.data.filters.license.expressions import is_unknown, keys


@dataclass(frozen=True, slots=True)
class TextChange:
    """How a text differs from the license text that it matches approximately.

    `added` are words of the text in the midst of the match, `removed` those of the license that are not there; `coverage`
    is the share of the license's words that are there, 0 to 100. Lines are 1-based and inclusive.
    """

    rule: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    coverage: float
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Detected:
    """What scancode finds in a text: findings with 1-based lines, and the words that they cover.

    `covered` has runs of words, first and last, counted from 0 by `words.WORD`. Only matches that decide cover: the words
    of a clue, or of a match that scancode threw away, are not explained by it.
    """

    findings: tuple[LicenseFinding, ...] = ()
    covered: tuple[tuple[int, int], ...] = ()
    changes: tuple[TextChange, ...] = ()

    def covered_words(self) -> Iterator[int]:
        """Each covered word."""
        return (place for first, last in self.covered for place in range(first, last + 1))


def runs(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as runs that follow each other, first and last.

    >>> runs({1, 2, 3, 7})
    ((1, 3), (7, 7))
    """
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return tuple((first, last) for first, last in spans)


def both(exact: Detected, near: Detected) -> Detected:
    """The findings of the exact and of the approximate match of one text: what was matched exactly is never withdrawn.

    An exact finding is left out where an approximate one over the same lines has all its licenses, as in
    `MIT OR Apache-2.0` over two names; one that names no license where any is found over its lines.
    """
    kept = tuple(finding for finding in exact.findings if finding.decides and not _is_repeated(finding, near.findings))
    covered = runs({*near.covered_words(), *exact.covered_words()})
    return Detected((*near.findings, *kept), covered, near.changes)


def _is_repeated(finding: LicenseFinding, others: tuple[LicenseFinding, ...]) -> bool:
    licenses = {key for key in keys(finding.expression or "") if not is_unknown(key)}
    return any(other.decides and _overlap(finding, other) and licenses <= set(keys(other.expression or "")) for other in others)


def _overlap(finding: LicenseFinding, other: LicenseFinding) -> bool:
    return any(
        mine.start_line <= theirs.end_line and theirs.start_line <= mine.end_line
        for mine in finding.matches
        for theirs in other.matches
    )
