"""What was found, in one plain sentence, whichever way it went."""

from __future__ import annotations

from collections.abc import Sequence

from seedbed.core.manifests.ablation import WORDS, Found, Outcome

ALL = "all"
"""The ablation of all filters at once: the cleaned dataset against the raw input."""


def found_in(outcomes: Sequence[Outcome]) -> Found:
    """What the verdicts of the metrics come to."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if {"better", "worse"} <= verdicts:
        return "mixed"
    return "better" if "better" in verdicts else "worse" if "worse" in verdicts else "nothing"


def sentence(name: str, outcomes: Sequence[Outcome], seeds: int) -> str:
    """The finding, with the figures that it rests on."""
    what = "The cleaned dataset" if name == ALL else f"The filter {name}"
    against = "the raw input" if name == ALL else "the same dataset without it"
    changes = "; ".join(map(_change, outcomes))
    told = {side: [_change(one) for one in outcomes if one.verdict == side] for side in ("better", "worse")}
    match found_in(outcomes):
        case "better":
            return f"{what} made a better model than {against}: {'; '.join(told['better'])}. {_rest(outcomes)}"
        case "worse":
            return f"{what} made a worse model than {against}: {'; '.join(told['worse'])}. {_rest(outcomes)}"
        case "mixed":
            better, worse = "; ".join(told["better"]), "; ".join(told["worse"])
            return f"{what} made a model that is better in one thing and worse in another than {against}: {better}; but {worse}."
    if seeds == 1:
        return f"{what} was compared with {against} on one seed, which shows nothing: {changes}."
    return f"{what} made no difference to the model that {seeds} seeds could show against {against}: {changes}."


def _change(one: Outcome) -> str:
    ends = one.over_seeds or one.over_files
    between = f"{_signed(ends.low, one.unit)} to {_signed(ends.high, one.unit)}"
    return f"{WORDS.get(one.metric, one.metric)} {_signed(one.difference, one.unit)} ({between})"


def _rest(outcomes: Sequence[Outcome]) -> str:
    unclear = [_change(one) for one in outcomes if one.verdict == "unclear"]
    return f"Not to be told from chance: {'; '.join(unclear)}." if unclear else "All measures agree."


def _signed(value: float, unit: str) -> str:
    return f"{100 * value:+.1f} points" if unit == "share" else f"{value:+.4f}"
