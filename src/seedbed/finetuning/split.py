"""Events that teach and events that judge: a place is on one side alone, and no run of tokens is on both."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.finetuning.events import Accepted
from seedbed.finetuning.funnel import Step, each, run
from seedbed.finetuning.overlap import Runs, runs_of
from seedbed.finetunes import Passed
from seedbed.model.draws import draws

HELD_OUT = "held_out"


def is_held_out(event: Accepted, share: float, salt: str) -> bool:
    """Whether an event judges; the hash of its place says so, so that all events of a place do."""
    return draws(0, salt, event.place)[0] < share


def split(events: Sequence[Accepted], share: float, salt: str, run_tokens: int) -> tuple[list[Accepted], list[Accepted], list[Passed]]:
    """Events that teach, events that judge, and two more steps of the funnel.

    What teaches may share no run of `run_tokens` tokens, of which one at least is the accepted text's, with what judges.
    """
    judging = [event for event in events if is_held_out(event, share, salt)]
    theirs = Runs(run_tokens)
    theirs.learn(HELD_OUT, [runs_of(event, run_tokens) for event in judging])
    teaching, passed = run(
        events,
        [
            Step("held out", "is not drawn to judge", each(lambda one: HELD_OUT if is_held_out(one, share, salt) else one)),
            Step("apart", "shares no run of tokens with what judges", each(lambda one: "contaminated:held_out" if theirs.shared(one) else one)),
        ],
    )
    return teaching, judging, passed
