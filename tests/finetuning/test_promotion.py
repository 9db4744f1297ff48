"""Better, no better, or worse at something else."""

from __future__ import annotations

from typing import Any

import pytest

from seedbed.core.manifests.finetune import Change
from seedbed.finetuning.eval_suite import decide, sentence
from seedbed.publishing.cards import model_card
from tests.finetuning.invented import make_change, make_report


def gain(low: float, high: float) -> Change:
    """Of bits a byte, where less is better."""
    return make_change("accepted", "lower", low, high)


def other(low: float, high: float, better: Any = "higher") -> Change:
    return make_change("next-line", better, low, high)


@pytest.mark.parametrize(
    ("changes", "margin", "found"),
    [
        ([gain(-0.3, -0.1), other(-0.1, 0.1)], 0.0, "better"),
        ([gain(-0.3, -0.1), other(0.1, 0.2)], 0.05, "better"),
        ([gain(-0.3, -0.1), other(-0.1, 0.1)], 0.1, "no better"),
        ([gain(-0.3, 0.1), other(0.1, 0.2)], 0.0, "no better"),
        ([gain(0.1, 0.3), other(-0.1, 0.1)], 0.0, "no better"),
        ([gain(0.0, 0.0), other(0.0, 0.0)], 0.0, "no better"),
        ([gain(-0.3, -0.1), other(-0.2, -0.1)], 0.0, "worse elsewhere"),
        ([gain(-0.3, -0.1), other(0.1, 0.2, "lower")], 0.0, "worse elsewhere"),
    ],
)
def test_the_measure_has_to_gain_and_nothing_may_lose(changes: list[Change], margin: float, found: str) -> None:
    assert decide(changes, "accepted", margin) == found


def test_a_measure_where_more_is_better_gains_upwards() -> None:
    assert decide([gain(-0.3, -0.1), other(0.1, 0.2)], "next-line", 0.0) == "better"


@pytest.mark.parametrize("found", ["no better", "worse elsewhere"])
def test_who_is_not_published_is_told_so_with_figures(found: Any) -> None:
    told = sentence(found, [gain(-0.3, -0.1), other(-0.2, -0.1)], "accepted")

    assert told.endswith("Nothing is published.")
    assert "-0.3 to -0.1" in told


def test_the_page_has_the_funnel_and_the_figures_and_no_text_of_anybody() -> None:
    page = model_card.finetune_page(make_report())

    assert "`does_not_parse` 3" in page
    assert "| Accepted text (decides) | bits per byte, bits a byte (lower is better) | 2.2 | 2 | -0.2 | -0.3 to -0.1 |" in page
