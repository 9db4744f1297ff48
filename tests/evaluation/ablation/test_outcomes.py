"""From results to outcomes."""

from __future__ import annotations

import pytest

from seedbed.evaluation.ablation.outcomes import outcomes
from seedbed.evaluation.results import Metric, Record, Sample, TaskResult, scores_of
from seedbed.evaluation.tasks.bits_per_byte import BITS
from seedbed.evaluation.tasks.infilling import PARSES


def result(metric: Metric, records: list[Record]) -> TaskResult:
    return TaskResult(
        name="task",
        title="Task",
        kind="syntax",
        sha256="0" * 64,
        recipe={},
        scores=scores_of(records, [metric]),
        records=tuple(records),
    )


def bits(*values: float) -> TaskResult:
    """Files of 1, 2, ... bytes."""
    return result(
        BITS,
        [
            Record(id=str(size), group="C", values={BITS.name: value}, weights={BITS.name: float(size)})
            for size, value in enumerate(values, 1)
        ],
    )


def test_runs_of_a_seed_are_paired_and_long_files_weigh_more() -> None:
    (found,) = outcomes([(bits(1.0, 2.5), bits(2.0, 3.0)), (bits(2.0, 3.5), bits(3.0, 4.0))])

    assert found.kept == pytest.approx(((1.0 + 2 * 2.5) / 3, (2.0 + 2 * 3.5) / 3))
    assert found.difference == pytest.approx(-2 / 3)
    assert found.over_seeds is not None
    assert (found.over_seeds.low, found.over_seeds.high) == pytest.approx((-2 / 3, -2 / 3))  # the same for both seeds
    assert (found.over_files.low, found.over_files.high) == pytest.approx((-1.0, -0.5))  # each file alone
    assert (found.verdict, found.problems) == ("better", 2)


def syntax(*completions: str) -> TaskResult:
    return result(
        PARSES,
        [
            Record(
                id=str(number),
                group="C",
                values={PARSES.name: 1.0},
                samples=(Sample(completion=text, verdict="parses", seconds=0.0),),
            )
            for number, text in enumerate(completions)
        ],
    )


def test_white_space_is_no_code_that_parses() -> None:
    (found,) = outcomes([(syntax("x = 1\n", "  \n", "y = 2\n"), syntax("  \n", "\n", "y = 2\n"))])

    assert (found.kept, found.without) == ((pytest.approx(2 / 3),), (pytest.approx(1 / 3),))
    assert found.verdict == "unclear"  # one seed
