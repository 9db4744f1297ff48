"""Filters in their order, each with the number of events that it took out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from seedbed.core.manifests.finetune import Passed
from seedbed.finetuning.events import Accepted

Check = Callable[[Accepted], Accepted | str]
"""The event, changed perhaps; or the word that says why it goes."""
Sieve = Callable[[Sequence[Accepted]], Sequence[Accepted | str]]
"""The same for all events at once, in their order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One filter: what it is called, what passes it, and how it judges."""

    name: str
    meaning: str
    sieve: Sieve


def each(check: Check) -> Sieve:
    """A check of one event as one of all."""
    return lambda events: [check(event) for event in events]


def run(events: Sequence[Accepted], steps: Iterable[Step]) -> tuple[list[Accepted], list[Passed]]:
    """The events that pass all steps, and the funnel."""
    left, passed = list(events), []
    for step in steps:
        verdicts = step.sieve(left)
        kept = [one for one in verdicts if isinstance(one, Accepted)]
        reasons = Counter(one for one in verdicts if isinstance(one, str))
        passed.append(
            Passed(
                name=step.name,
                meaning=step.meaning,
                events_in=len(left),
                events_out=len(kept),
                reasons=dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
            )
        )
        left = kept
    return left, passed
