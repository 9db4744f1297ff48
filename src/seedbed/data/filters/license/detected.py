"""What scancode finds in a text, as values that can be kept; `detect` makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seedbed.data.filters.license.evidence import LicenseFinding
from seedbed.data.filters.license.expressions import category, is_unknown, keys

Runs = tuple[tuple[int, int], ...]
"""Numbers as runs that follow each other, first and last."""

APPROXIMATE = "3-seq"

WEAK_SCORE = 50.0
"""Of an approximate match, in scancode's measure, below which it grants nothing."""

WHOLE_TEXT = 90.0
"""Percent of a license text in which a shorter match says nothing of its own."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """How a text differs from the license text that it matches approximately.

    `added` are words of the text in the midst of the match, `removed` those of the license that are not there; `coverage`
    is the share of the license's words that are there, 0 to 100. `words` are runs of the text's words that match. Lines are
    1-based and inclusive.
    """

    rule: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    coverage: float
    lines: tuple[int, int]
    words: Runs = ()


@dataclass(frozen=True, slots=True)
class Detected:
    """What scancode finds in a text: findings with 1-based lines, and the words that they cover.

    `words` has, for each finding, the runs of words that it matches, counted from 0 by `words.WORD`.
    """

    findings: tuple[LicenseFinding, ...] = ()
    words: tuple[Runs, ...] = ()
    changes: tuple[TextChange, ...] = ()

    def covered_words(self) -> set[int]:
        """Words that are explained: by a finding that decides, not by a clue or by a match that scancode threw away."""
        deciding = (runs for finding, runs in zip(self.findings, self.words, strict=True) if finding.decides)
        return {word for runs in deciding for word in numbers(runs)}


def numbers(runs: Runs) -> Iterator[int]:
    """Each number of some runs."""
    return (number for first, last in runs for number in range(first, last + 1))


def runs(values: Iterable[int]) -> Runs:
    """Numbers as runs.

    >>> runs({1, 2, 3, 7})
    ((1, 3), (7, 7))
    """
    spans: list[list[int]] = []
    for number in sorted(values):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return tuple((first, last) for first, last in spans)


def both(exact: Detected, near: Detected) -> Detected:
    """The findings of the exact and of the approximate match of one text: what was matched exactly is never withdrawn.

    An exact finding is left out where an approximate one over the same lines has all its licenses, as in
    `MIT OR Apache-2.0` over two names; one that names no license where any is found over its lines. One whose every word
    belongs to a license text that is nearly all there is a piece of that text: it is listed as discarded.
    """
    kept = [
        (_piece(finding) if _is_piece(words, near.changes) else finding, words)
        for finding, words in zip(exact.findings, exact.words, strict=True)
        if finding.decides and not _is_repeated(finding, near.findings)
    ]
    findings = (*near.findings, *(finding for finding, _ in kept))
    return Detected(findings, (*near.words, *(words for _, words in kept)), near.changes)


def without_weak(detected: Detected) -> Detected:
    """The same, where nothing is granted by a few words that look like a free license: such findings are listed as discarded."""
    findings = tuple(_piece(finding) if _is_weak(finding) else finding for finding in detected.findings)
    return Detected(findings, detected.words, detected.changes)


def _is_weak(finding: LicenseFinding) -> bool:
    return (
        finding.decides
        and all(match.matcher == APPROXIMATE and match.score < WEAK_SCORE for match in finding.matches)
        and category(finding.expression or "") in {"Permissive", "Public Domain"}
    )


def _piece(finding: LicenseFinding) -> LicenseFinding:
    return LicenseFinding(None, finding.set_aside("discarded", lambda _: True).matches)


def _is_piece(words: Runs, changes: tuple[TextChange, ...]) -> bool:
    return any(change.coverage >= WHOLE_TEXT and set(numbers(words)) <= set(numbers(change.words)) for change in changes)


def _is_repeated(finding: LicenseFinding, others: tuple[LicenseFinding, ...]) -> bool:
    licenses = {key for key in keys(finding.expression or "") if not is_unknown(key)}
    return any(other.decides and _overlap(finding, other) and licenses <= set(keys(other.expression or "")) for other in others)


def _overlap(finding: LicenseFinding, other: LicenseFinding) -> bool:
    return any(
        mine.start_line <= theirs.end_line and theirs.start_line <= mine.end_line
        for mine in finding.matches
        for theirs in other.matches
    )
