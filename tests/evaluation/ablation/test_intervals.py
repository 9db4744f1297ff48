"""How sure a difference is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from seedbed.core.manifests.ablation import ConfidenceInterval
from seedbed.evaluation.ablation.outcomes import T_975, over_files, over_seeds, verdict_of


def test_the_interval_over_seeds_is_the_paired_t_test() -> None:
    """By hand: mean 2, standard error 1 / sqrt(3), t with 2 degrees of freedom 4.303."""
    found = over_seeds([1.0, 2.0, 3.0])

    assert found is not None
    assert (found.low, found.high) == pytest.approx((2 - 4.303 / 3**0.5, 2 + 4.303 / 3**0.5))


def test_one_seed_has_no_interval() -> None:
    assert over_seeds([0.5]) is None


def test_quantiles_fall_towards_the_normal_one() -> None:
    assert all(one > other > 1.96 for one, other in pairwise(T_975))
    assert len(T_975) == 19  # as many as a plan may have seeds, less one


def test_intervals_of_normal_differences_hold_the_truth_95_times_in_100() -> None:
    chance = np.random.default_rng(3)
    draws = chance.normal(1.0, 0.4, size=(4000, 3))
    held = [found.low < 1.0 < found.high for row in draws if (found := over_seeds(row.tolist()))]

    assert np.mean(held) == pytest.approx(0.95, abs=0.012)


def test_files_are_averaged_over_seeds_before_they_are_drawn_again() -> None:
    """Seeds that swing alike on all files do not narrow or widen what the files say."""
    without = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0]])
    found = over_files(without - 0.5, without, [1.0, 1.0, 1.0, 9.0])

    assert (found.low, found.high) == pytest.approx((-0.5, -0.5))


UP, DOWN, OPEN = (
    ConfidenceInterval(low=0.1, high=0.3),
    ConfidenceInterval(low=-0.3, high=-0.1),
    ConfidenceInterval(low=-0.1, high=0.3),
)


@pytest.mark.parametrize(
    ("seeds", "files", "better", "verdict"),
    [
        (UP, UP, "higher", "better"),
        (UP, UP, "lower", "worse"),
        (DOWN, DOWN, "lower", "better"),
        (DOWN, DOWN, "higher", "worse"),
        (OPEN, UP, "higher", "unclear"),
        (UP, OPEN, "higher", "unclear"),
        (UP, DOWN, "higher", "unclear"),
        (OPEN, OPEN, "lower", "unclear"),
        (None, UP, "higher", "unclear"),
    ],
)
def test_a_verdict_wants_both_intervals_on_one_side_of_zero(
    seeds: ConfidenceInterval | None, files: ConfidenceInterval, better: str, verdict: str
) -> None:
    assert verdict_of(seeds, files, better) == verdict
