"""What a text says about its license beyond scancode's matches: conditions, bare names, tags, sentences in other languages.

All of it can only refuse: it adds an unknown license, or a reservation, and allows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from seedbed.data.filters.license.conditions import Condition, Place, conditions
from seedbed.data.filters.license.detected import TextChange
from seedbed.data.filters.license.evidence import LicenseFinding, reserved, unknown
from seedbed.data.filters.license.foreign import foreign_conditions
from seedbed.data.filters.license.names import Name, restricted_names, tags
from seedbed.data.filters.license.words import WORD, WordedText

LEAST_COVERAGE = 75.0
"""Percent of a license text that must be there. Of 254 license files of installed packages none is below 95."""

_GRANTS = frozenset(
    "sublicense sell distribute redistribute redistribution modify publish merge reproduce commercial binary modification".split()
)
"""Words of a license text that grant something: where one is left out, less is granted than the license does."""

_BADGE = re.compile(r"!\[([^\]\n]{0,80})\]\(|\balt=\"([^\"\n]{0,80})\"", re.IGNORECASE)
_FEW_WORDS = 40
"""Where more words of a text are left out, another version of the license is there."""

_STATES = re.compile(
    r"licen[sc]|copyright|\(c\)|\b(?:under|from|based on|adapted|derived|copied|ported|borrowed|taken|courtesy|author)\b",
    re.IGNORECASE,
)
"""A comment in the midst of a file that names a license and has one of these words says where the code comes from."""

_BARE_WORDS = 6


def statements(text: str, covered: Set[int], place: Place) -> Iterator[LicenseFinding]:
    """Findings in a license file, a header or another comment. Lines are 1-based.

    Args: covered: which words of the text a license match explains, counted from 0.
    """
    worded = WordedText(text)
    starts = {word.start() for number, word in enumerate(WORD.finditer(text)) if number in covered}
    for condition in conditions(worded, starts, place):
        yield _finding(condition)
    for condition in foreign_conditions(worded, starts) if place is not Place.COMMENT else ():
        yield unknown("a sentence in another language", lines=condition.lines, text=condition.text)
    for name in restricted_names(worded, starts):
        if place is not Place.COMMENT or _STATES.search(text) or len(worded.words) <= _BARE_WORDS:
            yield _named(name, "a license named without a statement")
    if place is not Place.COMMENT:
        for name in tags(worded, starts):
            yield _named(name, "a license tag that is not understood")


def document_statements(text: str) -> Iterator[LicenseFinding]:
    """Findings in a README, which speaks of other things as well: reservations against training, and plain legal notices."""
    yield from map(_finding, conditions(WordedText(text), frozenset(), Place.COMMENT))
    for badge in _BADGE.finditer(text):
        for name in restricted_names(WordedText(badge[1] or badge[2]), frozenset()):
            yield _named(Name(name.text, text.count("\n", 0, badge.start()) + 1), "a badge that names a license")


def changes_of_grant(change: TextChange) -> Iterator[LicenseFinding]:
    """Findings in a license text that is not the license's: words of its grant that are left out, or too little of it."""
    lost = ["with or without"] if {"with", "or"} <= set(change.removed) else []
    lost += [word for word in change.removed if word in _GRANTS and not any(each.startswith(word) for each in change.added)]
    if change.coverage < LEAST_COVERAGE:
        yield unknown(f"only {change.coverage:.0f} % of the license text", lines=change.lines, text=change.rule)
    elif lost and len(change.removed) <= _FEW_WORDS:
        yield unknown("words of the grant are left out", lines=change.lines, text=" ".join(lost))


def _finding(condition: Condition) -> LicenseFinding:
    if condition.is_reservation:
        return reserved("a reservation against training or data mining", lines=condition.lines, text=condition.text)
    return unknown("a condition that is not understood", lines=condition.lines, text=condition.text)


def _named(name: Name, why: str) -> LicenseFinding:
    return unknown(why, lines=(name.line, name.line), text=name.text)
