"""Which window is which sample of a run."""

from __future__ import annotations

from itertools import islice

import pytest

from seedbed.models.training.nanotron.data import Order, evenly_spaced


def first(order: Order, count: int) -> list[int]:
    return list(islice(order, count))


def test_every_window_is_seen_once_before_any_is_seen_again() -> None:
    seen = first(Order(10, seed=1), 30)

    assert [sorted(seen[start : start + 10]) for start in (0, 10, 20)] == [list(range(10))] * 3
    assert seen[:10] != seen[10:20]


@pytest.mark.parametrize("consumed", [0, 1, 7, 10, 23])
def test_going_on_is_the_rest_of_the_same_order(consumed: int) -> None:
    assert first(Order(10, seed=1, consumed=consumed), 15) == first(Order(10, seed=1), consumed + 15)[consumed:]


@pytest.mark.parametrize("ranks", [2, 3, 5])
def test_ranks_share_the_samples_of_one(ranks: int) -> None:
    parts = [first(Order(10, seed=1, rank=rank, ranks=ranks, consumed=4), 6) for rank in range(ranks)]

    assert [sample for row in zip(*parts, strict=True) for sample in row] == first(Order(10, seed=1, consumed=4), 6 * ranks)


def test_another_seed_is_another_order() -> None:
    assert first(Order(100, seed=1), 100) != first(Order(100, seed=2), 100)


@pytest.mark.parametrize(("windows", "wanted", "expected"), [(10, 4, [0, 2, 5, 7]), (3, 8, [0, 1, 2]), (1, 1, [0])])
def test_validation_is_spread_over_the_split(windows: int, wanted: int, expected: list[int]) -> None:
    assert evenly_spaced(windows, wanted) == expected
