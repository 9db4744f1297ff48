"""Intervals: they cover what they claim, hold still for equal values, and pair what belongs together."""

from __future__ import annotations

import numpy as np
import pytest

from seedbed.evaluation.metrics.estimates import bits_per_byte, difference, interval


def test_an_interval_covers_the_true_mean_as_often_as_it_says() -> None:
    chance = np.random.default_rng(3)
    covered = 0
    for _ in range(80):
        found = interval(chance.binomial(1, 0.3, size=60).tolist())
        covered += found.low <= 0.3 <= found.high

    assert 70 <= covered <= 80  # 95 % of 80 is 76; percentile intervals of 60 coin throws are a little narrow


def test_the_same_values_give_the_same_interval() -> None:
    values = np.random.default_rng(1).random(50).tolist()

    assert interval(values) == interval(values)


def test_pairs_are_told_apart_where_single_runs_are_not() -> None:
    chance = np.random.default_rng(5)
    hard = chance.random(100) * 10
    before, after = hard.tolist(), (hard + 0.1 + chance.normal(0, 0.05, 100)).tolist()

    found, one, other = difference(before, after), interval(before), interval(after)
    assert found.low > 0
    assert found.value == pytest.approx(other.value - one.value)
    assert one.high > other.low


def test_a_weighted_mean_is_a_ratio_of_sums() -> None:
    nats, sizes = [10.0, 90.0, 5.0], [20, 100, 50]
    bits = [bits_per_byte(one, size) for one, size in zip(nats, sizes, strict=True)]

    assert interval(bits, sizes).value == pytest.approx(bits_per_byte(sum(nats), sum(sizes)))


@pytest.mark.parametrize(("statistic", "value"), [("mean", 22.0), ("p50", 3.0), ("p95", 80.8)])
def test_every_statistic_has_an_interval(statistic: str, value: float) -> None:
    found = interval([1, 2, 3, 4, 100], statistic=statistic)  # type: ignore[arg-type]

    assert found.value == pytest.approx(value)
    assert 1 <= found.low <= value <= found.high <= 100


def test_resampling_in_parts_changes_nothing() -> None:
    values = np.linspace(0, 1, 40).tolist()

    assert interval(values, at_once=999) == interval(values)


def test_one_problem_has_no_spread() -> None:
    assert interval([0.25]).low == interval([0.25]).high == 0.25


@pytest.mark.parametrize("wrong", [lambda: interval([]), lambda: difference([], []), lambda: bits_per_byte(1.0, 0)])
def test_nothing_has_no_figure(wrong: object) -> None:
    with pytest.raises(ValueError, match="no "):
        wrong()  # type: ignore[operator]
