"""How sure a difference is: over seeds, which are few, by Student's t; over files, which are many, by the bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import Final

import numpy as np
import numpy.typing as npt

from seedbed.core.manifests.ablation import Interval, Verdict
from seedbed.core.manifests.scores import Better
from seedbed.evaluation.metrics import bootstrap

T_975: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093,
)  # fmt: skip
"""97.5 % quantiles of Student's t for 1, 2, ... 19 degrees of freedom."""


def over_seeds(differences: Sequence[float]) -> Interval | None:
    """95 % interval of the mean difference between two runs with the same seed; None for a single pair.

    Shape: differences [seeds], at most 20.  Error: exact for normal differences.  Source: the paired t-test.

    >>> over_seeds([1.0, 2.0, 3.0])
    Interval(low=-0.4843382..., high=4.4843382...)
    """
    if len(differences) < 2:
        return None
    half = T_975[len(differences) - 2] * stdev(differences) / sqrt(len(differences))
    middle = fmean(differences)
    return Interval(low=middle - half, high=middle + half)


def over_files(kept: npt.NDArray[np.float64], without: npt.NDArray[np.float64], weights: Sequence[float]) -> Interval:
    """95 % interval of the mean difference over files or questions, each one's values averaged over the seeds first.

    Shape: kept and without [seeds, problems], weights [problems].
    """
    found = bootstrap.difference(without.mean(0).tolist(), kept.mean(0).tolist(), weights)
    return Interval(low=found.low, high=found.high)


def verdict_of(seeds: Interval | None, files: Interval, better: Better) -> Verdict:
    """Better or worse only where zero lies outside of both intervals, on the same side; a single seed shows nothing."""
    if seeds is None or seeds.side != files.side or not files.side:
        return "unclear"
    return "better" if (files.side > 0) == (better == "higher") else "worse"
