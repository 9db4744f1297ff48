"""From what each model said to what the filter did, metric by metric."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np
import numpy.typing as npt

from seedbed.core.manifests.ablation import Outcome
from seedbed.core.manifests.scores import Score
from seedbed.evaluation.ablation.intervals import over_files, over_seeds, verdict_of
from seedbed.evaluation.results import Sample, TaskResult
from seedbed.evaluation.tasks.infilling import PARSES
from seedbed.evaluation.tasks.syntax import ACCEPTED

Pair = tuple[TaskResult, TaskResult]


def outcomes(pairs: Sequence[Pair]) -> list[Outcome]:
    """Every metric of a task.

    Args: pairs: results of one task, a pair a seed: with all filters, and without the one.
    """
    scores = [score for score in pairs[0][0].scores if not score.group]
    return [_outcome(pairs, score) for score in scores]


def _outcome(pairs: Sequence[Pair], score: Score) -> Outcome:
    kept, without = (np.array([_values(pair[side], score.metric) for pair in pairs]) for side in (0, 1))
    weights = [record.weights.get(score.metric, 1.0) for record in pairs[0][0].records]
    means_kept, means_without = (np.average(values, axis=1, weights=weights) for values in (kept, without))
    seeds = over_seeds((means_kept - means_without).tolist())
    files = over_files(kept, without, weights)
    return Outcome(
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
    """A value a problem. White space parses too, so a model that has learned nothing else would win: it counts as a failure."""
    if metric != PARSES.name:
        return np.array([record.values[metric] for record in result.records], dtype=np.float64)
    return np.array([fmean(map(_parses, record.samples)) for record in result.records], dtype=np.float64)


def _parses(sample: Sample) -> bool:
    return sample.verdict == ACCEPTED and bool(sample.completion.strip())
