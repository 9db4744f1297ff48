"""Training events and held-out events. All events of a place are on one side, and no token n-gram is on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from seedbed.core.manifests.finetune import Passed
from seedbed.finetuning.contamination import NgramIndex, ngrams_of
from seedbed.finetuning.event_filters import FilterStep, drop_contaminated, per_event, run_filters
from seedbed.finetuning.events import Accepted
from seedbed.models.tokens.seeded_random import draws

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
