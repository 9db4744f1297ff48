"""Filters of feedback events in order, and the split into training and held-out events."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from datatrove.data import Document

from seedbed.core.manifests.finetune import Passed
from seedbed.core.syntax import LANGUAGES, parse
from seedbed.core.syntax.fingerprint import content_hash
from seedbed.data.attribution.find import Match
from seedbed.data.dedup.cluster import find_duplicates
from seedbed.data.filters.fingerprints import Fingerprints
from seedbed.data.filters.license.policy import allowed
from seedbed.data.filters.license.scan import scan_regions
from seedbed.finetuning.contamination import NgramIndex, ngrams_of
from seedbed.finetuning.events import Accepted, without_redacted_lines
from seedbed.models.tokens.sampling import draws
from seedbed.serving.completion.answer import damage_of
from seedbed.serving.completion.context import LONGEST_TOKEN
from seedbed.serving.completion.request import Fragment

_TAKEN: Final = ("accepted", "edited")
_COPYRIGHT: Final = re.compile(
    r"copyright|spdx-license-identifier|\u00a9|\(c\)\s*(?:19|20)\d\d|all rights reserved", re.IGNORECASE
)


EventFilter = Callable[[Accepted], Accepted | str]
"""Returns the event, changed or not, or the reason to drop it."""
BatchFilter = Callable[[Sequence[Accepted]], Sequence[Accepted | str]]
"""The same for all events at once, in their order."""


@dataclass(frozen=True, slots=True)
class FilterStep:
    """One filter: its name, what passes it, and how it judges."""

    name: str
    meaning: str
    judge: BatchFilter


class MatchFinder(Protocol):
    """Finds where a text was seen before."""

    def matches(self, fragment: Fragment) -> Sequence[Match]:
        """Spans of the text that stand in the dataset."""


def per_event(check: EventFilter) -> BatchFilter:
    """A filter of one event as a filter of all."""
    return lambda events: [check(event) for event in events]


def run_filters(events: Sequence[Accepted], steps: Iterable[FilterStep]) -> tuple[list[Accepted], list[Passed]]:
    """The events that pass all filters, and the funnel."""
    left, funnel = list(events), []
    for step in steps:
        verdicts = step.judge(left)
        kept = [verdict for verdict in verdicts if isinstance(verdict, Accepted)]
        reasons = Counter(verdict for verdict in verdicts if isinstance(verdict, str))
        funnel.append(
            Passed(
                name=step.name,
                meaning=step.meaning,
                events_in=len(left),
                events_out=len(kept),
                reasons=dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
            )
        )
        left = kept
    return left, funnel


def filter_steps(
    *,
    count: Callable[[str], int],
    max_tokens: int,
    near_distance: int,
    licenses: Collection[str],
    finder: MatchFinder,
    judged: NgramIndex,
) -> list[FilterStep]:
    """All filters, cheapest first.

    Args: count: tokens of a text by the model's tokenizer; max_tokens: the longest text allowed; near_distance: bits in which
    the SimHashes of near copies may differ; licenses: SPDX keys; finder: the dataset's index; judged: n-grams of
    the evaluation sets.
    """
    return [
        FilterStep("taken", "accepted, or edited and kept", per_event(keep_accepted)),
        FilterStep("redaction", "no redacted line in the text or at the cursor", per_event(drop_redacted)),
        FilterStep("language", "a language with a grammar", per_event(require_language)),
        FilterStep("length", "no longer than one completion", per_event(limit_length(count, max_tokens))),
        FilterStep("syntax", "parses as well as the file around it", per_event(parses_in_place)),
        FilterStep("duplicates", "not a copy of another event", drop_duplicates(near_distance)),
        FilterStep("license words", "no license text or copyright notice", per_event(drop_license_text)),
        FilterStep(
            "attribution", "not in a dataset file under another license", per_event(require_allowed_sources(finder, licenses))
        ),
        FilterStep("contamination", "no overlap with the evaluation sets", per_event(drop_contaminated(judged))),
    ]


def keep_accepted(event: Accepted) -> Accepted | str:
    """Drop rejected texts, texts that were only shown, and empty ones."""
    if event.action not in _TAKEN:
        return event.action
    return event if event.text.strip() else "empty"


def drop_redacted(event: Accepted) -> Accepted | str:
    """Remove redacted lines around the text; drop the event if the text or the line of the cursor was redacted."""
    return without_redacted_lines(event) or "redacted"


def require_language(event: Accepted) -> Accepted | str:
    """Drop languages without a grammar."""
    return event if event.language in LANGUAGES else "language_unknown"


def limit_length(count: Callable[[str], int], most: int) -> EventFilter:
    """Drop texts longer than one completion."""

    def check(event: Accepted) -> Accepted | str:
        is_long = len(event.text) > most * LONGEST_TOKEN or count(event.text) > most
        return "too_long" if is_long else event

    return check


def parses_in_place(event: Accepted) -> Accepted | str:
    """Drop a text that makes its file parse worse. Files that are being written seldom parse as a whole."""
    before = parse(event.prefix + event.suffix, event.language)
    after = event.fragment.parsed
    if before is None or after is None:
        return "language_unknown"
    return event if damage_of(after) <= damage_of(before) else "does_not_parse"


def drop_license_text(event: Accepted) -> Accepted | str:
    """Drop texts with a license or a copyright notice: they belong to somebody else."""
    if _COPYRIGHT.search(event.text) or any(finding.expression for finding in scan_regions(event.text, event.path)):
        return "license_text"
    return event


def require_allowed_sources(finder: MatchFinder, licenses: Collection[str]) -> EventFilter:
    """Drop a text that stands in a file of the dataset whose license is not allowed."""

    def check(event: Accepted) -> Accepted | str:
        matches = finder.matches(event.fragment)
        return event if all(allowed(match.license, licenses) for match in matches) else "license_not_allowed"

    return check


def drop_contaminated(judged: NgramIndex) -> EventFilter:
    """Drop events that overlap the evaluation sets."""

    def check(event: Accepted) -> Accepted | str:
        overlap = judged.shared(event)
        return event if overlap is None else f"contaminated:{overlap}"

    return check


def drop_duplicates(near_distance: int) -> BatchFilter:
    """Keep the first of equal events, and one of near copies.

    Equal: the same text at the same place, ignoring white space. Only texts of several lines are compared for near copies,
    without the code around them: two texts in one function share that code, and short lines resemble each other everywhere.
    """

    def judge(events: Sequence[Accepted]) -> list[Accepted | str]:
        seen: set[tuple[str, str]] = set()
        verdicts: list[Accepted | str] = []
        for event in events:
            key = (event.place, content_hash(event.line))
            verdicts.append("duplicate:exact" if key in seen else event)
            seen.add(key)
        copies = _near_copies([verdict for verdict in verdicts if isinstance(verdict, Accepted)], near_distance)
        return ["duplicate:near" if isinstance(each, Accepted) and each.id in copies else each for each in verdicts]

    return judge


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
    clusters = find_duplicates(documents, near_distance)
    return {placed.member.id for cluster in clusters for placed in cluster.members[1:]}


HELD_OUT: Final = "held_out"


@dataclass(frozen=True, slots=True)
class HeldOutDraw:
    """Which events are held out: a share of the places, by their hash."""

    share: float
    salt: str

    def has(self, event: Accepted) -> bool:
        """Whether an event is held out."""
        return draws(0, self.salt, event.place)[0] < self.share


def split(
    events: Sequence[Accepted], held_out: HeldOutDraw, run_tokens: int
) -> tuple[list[Accepted], list[Accepted], list[Passed]]:
    """Training events, held-out events, and two more steps of the funnel.

    A training event shares no n-gram of `run_tokens` tokens that touches its text with a held-out event.
    """
    evaluation = [event for event in events if held_out.has(event)]
    index = NgramIndex(run_tokens)
    index.learn(HELD_OUT, [ngrams_of(event, run_tokens) for event in evaluation])
    drawn = FilterStep("held out", "not held out", per_event(lambda event: HELD_OUT if held_out.has(event) else event))
    apart = FilterStep("apart", "no overlap with held-out events", per_event(drop_contaminated(index)))
    training, funnel = run_filters(events, [drawn, apart])
    return training, evaluation, funnel
