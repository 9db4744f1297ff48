"""The report of an ablation: the finding in one plain sentence, and the folder of report.json, report.md, plot.png."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from seedbed.core.manifests.ablation import PLOT, WORDS, Ablation, Found, MetricOutcome
from seedbed.publishing.cards import model_card
from seedbed.publishing.plots.ablation import draw_ablation

PAGE: Final = "report.md"
ALL = "all"
"""The ablation of all filters at once: the cleaned dataset against the raw input."""


def found_in(outcomes: Sequence[MetricOutcome]) -> Found:
    """The finding that the verdicts of the metrics add up to."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if {"better", "worse"} <= verdicts:
        return "mixed"
    return "better" if "better" in verdicts else "worse" if "worse" in verdicts else "nothing"


def sentence(name: str, outcomes: Sequence[MetricOutcome], seeds: int) -> str:
    """The finding in a sentence, with its figures."""
    what = "The cleaned dataset" if name == ALL else f"The filter {name}"
    against = "the raw input" if name == ALL else "the same dataset without it"
    changes = "; ".join(map(_change, outcomes))
    changed = {side: [_change(outcome) for outcome in outcomes if outcome.verdict == side] for side in ("better", "worse")}
    match found_in(outcomes):
        case "better":
            return f"{what} made a better model than {against}: {'; '.join(changed['better'])}. {_rest(outcomes)}"
        case "worse":
            return f"{what} made a worse model than {against}: {'; '.join(changed['worse'])}. {_rest(outcomes)}"
        case "mixed":
            better, worse = "; ".join(changed["better"]), "; ".join(changed["worse"])
            return f"{what} made a model that is better in one thing and worse in another than {against}: {better}; but {worse}."
    if seeds == 1:
        return f"{what} was compared with {against} on one seed, which shows nothing: {changes}."
    return f"{what} made no difference to the model that {seeds} seeds could show against {against}: {changes}."


def _change(outcome: MetricOutcome) -> str:
    interval = outcome.over_seeds or outcome.over_files
    between = f"{_signed(interval.low, outcome.unit)} to {_signed(interval.high, outcome.unit)}"
    return f"{WORDS.get(outcome.metric, outcome.metric)} {_signed(outcome.difference, outcome.unit)} ({between})"


def _rest(outcomes: Sequence[MetricOutcome]) -> str:
    unclear = [_change(outcome) for outcome in outcomes if outcome.verdict == "unclear"]
    return f"Not distinguishable from chance: {'; '.join(unclear)}." if unclear else "All measures agree."


def _signed(value: float, unit: str) -> str:
    return f"{100 * value:+.1f} points" if unit == "share" else f"{value:+.4f}"


def write_report(report: Ablation, folder: Path) -> None:
    """Write all three; report.json comes last and says that the others are there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / Ablation.file_name).unlink(missing_ok=True)
    draw_ablation(report, folder / PLOT)
    (folder / PAGE).write_text(model_card.ablation_page(report, PLOT), encoding="utf-8")
    Ablation.model_validate(_rounded(report.model_dump(mode="json"))).save(folder)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
