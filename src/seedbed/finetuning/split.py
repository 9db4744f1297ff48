"""Events that teach and events that judge: a place is on one side alone, and no run of tokens is on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from seedbed.core.manifests.finetune import Passed
from seedbed.finetuning.checks import unjudged
from seedbed.finetuning.contamination import NgramIndex, ngrams_of
from seedbed.finetuning.events import Accepted
from seedbed.finetuning.funnel import Step, each, run
from seedbed.models.tokens.seeded_random import draws

HELD_OUT: Final = "held_out"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which events judge: a share of the places, by their hash, so that all events of a place do or none."""

    share: float
    salt: str

    def has(self, event: Accepted) -> bool:
        """Whether an event judges."""
        return draws(0, self.salt, event.place)[0] < self.share


def split(events: Sequence[Accepted], held_out: Drawn, run_tokens: int) -> tuple[list[Accepted], list[Accepted], list[Passed]]:
    """Events that teach, events that judge, and two more steps of the funnel.

    What teaches may share no run of `run_tokens` tokens, of which one at least is the accepted text's, with what judges.
    """
    judging = [event for event in events if held_out.has(event)]
    theirs = NgramIndex(run_tokens)
    theirs.learn(HELD_OUT, [ngrams_of(event, run_tokens) for event in judging])
    drawn = Step("held out", "is not drawn to judge", each(lambda one: HELD_OUT if held_out.has(one) else one))
    apart = Step("apart", "shares no run of tokens with what judges", each(unjudged(theirs)))
    teaching, passed = run(events, [drawn, apart])
    return teaching, judging, passed
