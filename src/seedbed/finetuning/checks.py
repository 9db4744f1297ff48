"""The filters: what somebody took over, what has no secret in it, parses, is nobody else's, and judges nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final, Protocol

from datatrove.data import Document

from seedbed.core.syntax import LANGUAGES, parse
from seedbed.core.syntax.fingerprint import content_hash
from seedbed.data.attribution.match import Match
from seedbed.data.dedup.find import find_duplicates
from seedbed.data.filters.fingerprints import Fingerprints
from seedbed.data.filters.license.policy import allowed
from seedbed.data.filters.license.scan import scan_regions
from seedbed.finetuning.contamination import NgramIndex
from seedbed.finetuning.events import Accepted, without_redacted_lines
from seedbed.finetuning.funnel import Check, Sieve, Step, each
from seedbed.serving.completion.context import LONGEST_TOKEN
from seedbed.serving.completion.fragment import Fragment
from seedbed.serving.completion.ranking import damage_of

_TAKEN: Final = ("accepted", "edited")
_COPYRIGHT: Final = re.compile(
    r"copyright|spdx-license-identifier|\u00a9|\(c\)\s*(?:19|20)\d\d|all rights reserved", re.IGNORECASE
)


class Finder(Protocol):
    """Where a text was seen before."""

    def matches(self, fragment: Fragment) -> Sequence[Match]:
        """Spans of the text that stand in the dataset."""


def steps(
    *,
    count: Callable[[str], int],
    max_tokens: int,
    near_distance: int,
    licenses: Collection[str],
    finder: Finder,
    judged: NgramIndex,
) -> list[Step]:
    """The funnel, cheap filters first.

    Args: count: tokens of a text by the model's tokenizer; max_tokens: most that a text may have; near_distance: bits in which
    the SimHashes of near copies may differ; licenses: SPDX keys; finder: the dataset's index; judged: what judges the model.
    """
    return [
        Step("taken", "a text that was accepted, or what it was edited to", each(taken)),
        Step("redaction", "no line of the text, or of the cursor, was redacted", each(unredacted)),
        Step("language", "a language that there is a grammar for", each(spoken)),
        Step("length", "as long as the model is asked to write at most", each(not_longer(count, max_tokens))),
        Step("syntax", "parses in its place, as far as the file around it does", each(parses_in_place)),
        Step("duplicates", "not taken at the same place before, and no near copy of another", distinct(near_distance)),
        Step("license words", "no license text, no copyright notice", each(unlicensed)),
        Step("attribution", "not in a file of the dataset whose license is not on the list", each(own(finder, licenses))),
        Step("contamination", "shares no run of tokens with what the model is judged by", each(unjudged(judged))),
    ]


def taken(event: Accepted) -> Accepted | str:
    """Rejected and merely shown texts teach nothing."""
    if event.action not in _TAKEN:
        return event.action
    return event if event.text.strip() else "empty"


def unredacted(event: Accepted) -> Accepted | str:
    """What is left of an event whose surroundings lost lines to redaction."""
    return without_redacted_lines(event) or "redacted"


def spoken(event: Accepted) -> Accepted | str:
    """Without a grammar nothing below could be said."""
    return event if event.language in LANGUAGES else "language_unknown"


def not_longer(count: Callable[[str], int], most: int) -> Check:
    """Only what the model could have written in one go."""

    def check(event: Accepted) -> Accepted | str:
        is_long = len(event.text) > most * LONGEST_TOKEN or count(event.text) > most
        return "too_long" if is_long else event

    return check


def parses_in_place(event: Accepted) -> Accepted | str:
    """Files that are being written seldom parse: the text must not make it worse."""
    before = parse(event.prefix + event.suffix, event.language)
    after = event.fragment.parsed
    if before is None or after is None:
        return "language_unknown"
    return event if damage_of(after) <= damage_of(before) else "does_not_parse"


def unlicensed(event: Accepted) -> Accepted | str:
    """A license or a notice in a text says that it is somebody else's."""
    if _COPYRIGHT.search(event.text) or any(one.expression for one in scan_regions(event.text, event.path)):
        return "license_text"
    return event


def own(finder: Finder, licenses: Collection[str]) -> Check:
    """A text that stands in a file of the dataset is under that file's license."""

    def check(event: Accepted) -> Accepted | str:
        found = finder.matches(event.fragment)
        return event if all(allowed(match.license, licenses) for match in found) else "license_not_allowed"

    return check


def unjudged(judged: NgramIndex) -> Check:
    """Nothing is learned that is asked afterwards."""

    def check(event: Accepted) -> Accepted | str:
        where = judged.shared(event)
        return event if where is None else f"contaminated:{where}"

    return check


def distinct(near_distance: int) -> Sieve:
    """The first of equal ones stays, and one of near copies.

    Equal: the same text at the same place, white space aside. Near copies are looked for among texts of several lines, without
    what stands around them: two texts of one function share that, and short lines are like each other everywhere.
    """

    def sieve(events: Sequence[Accepted]) -> list[Accepted | str]:
        seen: set[tuple[str, str]] = set()
        verdicts: list[Accepted | str] = []
        for event in events:
            key = (event.place, content_hash(event.line))
            verdicts.append("duplicate:exact" if key in seen else event)
            seen.add(key)
        copies = _near_copies([one for one in verdicts if isinstance(one, Accepted)], near_distance)
        return ["duplicate:near" if isinstance(one, Accepted) and one.id in copies else one for one in verdicts]

    return sieve


def _near_copies(events: Sequence[Accepted], near_distance: int) -> set[str]:
    """Ids of all but one of each cluster."""
    documents = [
        Document(text=event.line, id=event.id, metadata={"language": event.language})
        for event in events
        if "\n" in event.text.strip()
    ]
    fingerprints = Fingerprints()
    for document in documents:
        fingerprints.filter(document)
    found = find_duplicates(documents, near_distance)
    return {placed.member.id for cluster in found for placed in cluster.members[1:]}
