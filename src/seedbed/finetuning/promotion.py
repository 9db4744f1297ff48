"""Whether a fine-tuned model is promoted: one named measure must gain for certain, and none may lose for certain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from seedbed.core.manifests.finetune import Change, Found
from seedbed.core.manifests.scores import words_of
from seedbed.evaluation.compare import Difference, number

WORDS: Final = {
    "better": "The model got better",
    "no better": "The model got no better",
    "worse elsewhere": "The model got worse at something else",
}


def decide(changes: Sequence[Change], measure: str, margin: float) -> Found:
    """The decision that the changes add up to.

    Args: measure: the task whose first figure must gain; margin: the least gain, in its unit, at the near end of the interval.
    Every other figure may be unclear; none may be worse with zero outside its interval.
    """
    first = next(change for change in changes if change.task == measure)
    gain = -first.high if first.better == "lower" else first.low
    if gain <= margin:
        return "no better"
    return "worse elsewhere" if any(change.verdict == "worse" for change in changes) else "better"


def changes_of(differences: Sequence[Difference], titles: dict[str, str]) -> tuple[Change, ...]:
    """Differences over all problems of a task, as a report keeps them; `titles` by the tasks' names."""
    return tuple(
        Change(
            task=each.task,
            title=titles[each.task],
            measured=words_of(each.before),
            unit=each.before.unit,
            better=each.before.better,
            before=each.before.value,
            after=each.after.value,
            difference=each.change.value,
            low=each.change.low,
            high=each.change.high,
            problems=each.before.problems,
            verdict=each.verdict,
        )
        for each in differences
        if not each.before.group
    )


def sentence(decision: Found, changes: Sequence[Change], measure: str) -> str:
    """The decision in words, with its figures."""
    first = next(change for change in changes if change.task == measure)
    words = f"{WORDS[decision]}: {_figures(first)}"
    if decision == "worse elsewhere":
        lost = [change for change in changes if change.verdict == "worse"]
        return f"{words}, but {'; '.join(map(_figures, lost))}. Nothing is published."
    return f"{words}." if decision == "better" else f"{words}. Nothing is published."


def _figures(change: Change) -> str:
    before, after, *between = (number(value, change.unit) for value in (change.before, change.after, change.low, change.high))
    unit = "" if change.unit == "share" else f" {change.unit}"
    return (
        f"{change.title.lower()}, {change.measured}: {before} before, {after} after{unit} "
        f"(95 % interval of the difference {between[0]} to {between[1]}, {change.problems} problems)"
    )
