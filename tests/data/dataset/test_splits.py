"""Splits: by project, stable, in the shares that the recipe names."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.config.recipe import Splits
from seedbed.data.dataset.tables import split_of

SHARES = Splits(train=0.8, validation=0.1, test=0.1, salt="s")


def test_shares_are_met_over_many_projects() -> None:
    counts = Counter(split_of(f"pkg:pypi/p{n}", SHARES) for n in range(20_000))

    assert abs(counts["train"] / 20_000 - 0.8) < 0.01
    assert abs(counts["validation"] / 20_000 - 0.1) < 0.01


@given(st.text())
def test_more_training_never_moves_a_project_out_of_train(project: str) -> None:
    more = Splits(train=0.9, validation=0.05, test=0.05, salt="s")

    assert split_of(project, SHARES) != "train" or split_of(project, more) == "train"


def test_a_pin_decides_and_a_salt_draws_anew() -> None:
    pinned = Splits(train=1.0, validation=0.0, test=0.0, salt="s", pins={"a": "test"})
    salted = Splits(train=0.8, validation=0.1, test=0.1, salt="t")

    assert (split_of("a", pinned), split_of("b", pinned)) == ("test", "train")
    assert any(split_of(f"p{n}", SHARES) != split_of(f"p{n}", salted) for n in range(100))
