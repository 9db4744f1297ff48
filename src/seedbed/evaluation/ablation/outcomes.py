"""What an ablation shows, how certain it is, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Final

import numpy as np
import numpy.typing as npt

from seedbed.core.manifests.ablation import PLOT, WORDS, Ablation, ConfidenceInterval, Found, MetricOutcome, Verdict
from seedbed.core.manifests.scores import Better, Score
from seedbed.evaluation.metrics import estimates
from seedbed.evaluation.results import Sample, TaskResult
from seedbed.evaluation.tasks.infilling import PARSES
from seedbed.evaluation.tasks.syntax import ACCEPTED
from seedbed.publishing.cards import model_card
from seedbed.publishing.plots.ablation import draw_ablation

Pair = tuple[TaskResult, TaskResult]


T_975: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093,
)  # fmt: skip
"""97.5 % quantiles of Student's t for 1, 2, ... 19 degrees of freedom."""


def over_seeds(differences: Sequence[float]) -> ConfidenceInterval | None:
    """95 % interval of the mean difference between two runs with the same seed; None for a single pair.

    Shape: differences [seeds], at most 20.  Error: exact for normal differences.  Source: the paired t-test.

    >>> over_seeds([1.0, 2.0, 3.0])
    ConfidenceInterval(low=-0.4843382..., high=4.4843382...)
    """
    if len(differences) < 2:
        return None
    half = T_975[len(differences) - 2] * stdev(differences) / sqrt(len(differences))
    middle = fmean(differences)
    return ConfidenceInterval(low=middle - half, high=middle + half)


def over_files(kept: npt.NDArray[np.float64], without: npt.NDArray[np.float64], weights: Sequence[float]) -> ConfidenceInterval:
    """95 % interval of the mean difference over files or questions, whose values are averaged over the seeds first.

    Shape: kept and without [seeds, problems], weights [problems].
    """
    change = estimates.difference(without.mean(0).tolist(), kept.mean(0).tolist(), weights)
    return ConfidenceInterval(low=change.low, high=change.high)


def verdict_of(seeds: ConfidenceInterval | None, files: ConfidenceInterval, better: Better) -> Verdict:
    """Better or worse only where zero lies outside of both intervals, on the same side; a single seed shows nothing."""
    if seeds is None or seeds.side != files.side or not files.side:
        return "unclear"
    return "better" if (files.side > 0) == (better == "higher") else "worse"


def outcomes(pairs: Sequence[Pair]) -> list[MetricOutcome]:
    """Every metric of a task.

    Args: pairs: results of one task, one pair per seed: with all filters, and without one.
    """
    scores = [score for score in pairs[0][0].scores if not score.group]
    return [_outcome(pairs, score) for score in scores]


def _outcome(pairs: Sequence[Pair], score: Score) -> MetricOutcome:
    kept, without = (np.array([_values(pair[side], score.metric) for pair in pairs]) for side in (0, 1))
    weights = [record.weights.get(score.metric, 1.0) for record in pairs[0][0].records]
    means_kept, means_without = (np.average(values, axis=1, weights=weights) for values in (kept, without))
    seeds = over_seeds((means_kept - means_without).tolist())
    files = over_files(kept, without, weights)
    return MetricOutcome(
        task=pairs[0][0].name,
        metric=score.metric,
        unit=score.unit,
        better=score.better,
        problems=kept.shape[1],
        kept=tuple(means_kept.tolist()),
        without=tuple(means_without.tolist()),
        difference=float((means_kept - means_without).mean()),
        over_seeds=seeds,
        over_files=files,
        verdict=verdict_of(seeds, files, score.better),
    )


def _values(result: TaskResult, metric: str) -> npt.NDArray[np.float64]:
    """A value per problem. White space parses too, so a model that learned nothing would win: it counts as a failure."""
    if metric != PARSES.name:
        return np.array([record.values[metric] for record in result.records], dtype=np.float64)
    return np.array([fmean(map(_parses, record.samples)) for record in result.records], dtype=np.float64)


def _parses(sample: Sample) -> bool:
    return sample.verdict == ACCEPTED and bool(sample.completion.strip())


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
