"""Better, or not: one named measure has to gain for sure, and nothing that was asked may lose for sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from seedbed.core.manifests.finetune import Change, Found
from seedbed.core.manifests.scores import words_of
from seedbed.evaluation.compare import Difference
from seedbed.evaluation.report import number

WORDS: Final = {
    "better": "The model got better",
    "no better": "The model got no better",
    "worse elsewhere": "The model got worse at something else",
}


def decide(changes: Sequence[Change], measure: str, margin: float) -> Found:
    """What the changes come to.

    Args: measure: the task whose first figure has to gain; margin: by more than so much, in its unit, at the near end of the
    interval. Every other figure may be unclear; none may be worse with zero outside of its interval.
    """
    first = next(one for one in changes if one.task == measure)
    gain = -first.high if first.better == "lower" else first.low
    if gain <= margin:
        return "no better"
    return "worse elsewhere" if any(one.verdict == "worse" for one in changes) else "better"


def changes_of(differences: Sequence[Difference], titles: dict[str, str]) -> tuple[Change, ...]:
    """Differences over all problems of a task, as a report keeps them; `titles` by the tasks' names."""
    return tuple(
        Change(
            task=one.task,
            title=titles[one.task],
            measured=words_of(one.before),
            unit=one.before.unit,
            better=one.before.better,
            before=one.before.value,
            after=one.after.value,
            difference=one.change.value,
            low=one.change.low,
            high=one.change.high,
            problems=one.before.problems,
            verdict=one.verdict,
        )
        for one in differences
        if not one.before.group
    )


def sentence(found: Found, changes: Sequence[Change], measure: str) -> str:
    """The decision in words, with the figures that it rests on."""
    first = next(one for one in changes if one.task == measure)
    told = f"{WORDS[found]}: {_told(first)}"
    if found == "worse elsewhere":
        lost = [one for one in changes if one.verdict == "worse"]
        return f"{told}, but {'; '.join(map(_told, lost))}. Nothing is published."
    return f"{told}." if found == "better" else f"{told}. Nothing is published."


def _told(change: Change) -> str:
    before, after, *between = (number(value, change.unit) for value in (change.before, change.after, change.low, change.high))
    unit = "" if change.unit == "share" else f" {change.unit}"
    return (
        f"{change.title.lower()}, {change.measured}: {before} before, {after} after{unit} "
        f"(95 % interval of the difference {between[0]} to {between[1]}, {change.problems} problems)"
    )
