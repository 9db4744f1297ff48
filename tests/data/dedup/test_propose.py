"""Nothing within the distance is missed, and nothing is found twice."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.data.dedup import pairs

hashes = st.integers(0, 2**64 - 1)
flips = st.sets(st.integers(0, 63), max_size=12)


@given(
    start=hashes,
    changes=st.lists(flips, min_size=1, max_size=12),
    distance=st.integers(0, 12),
    count=st.sampled_from([10, 10**5, 10**6]),
)
def test_tables_find_each_near_pair_once(start: int, changes: list[set[int]], distance: int, count: int) -> None:
    values = [start ^ sum(1 << bit for bit in change) for change in changes]
    array = np.array(values, dtype=np.uint64)

    found = [
        pair
        for table in pairs.tables(count, distance)
        for left, right in pairs.pairs_in(array, table, distance)
        for pair in zip(left.tolist(), right.tolist(), strict=True)
    ]

    near = [(i, j) for i, j in combinations(range(len(values)), 2) if (values[i] ^ values[j]).bit_count() <= distance]
    assert sorted(found) == near


@pytest.mark.parametrize("chunk", [1, 7, 1 << 18])
def test_chunks_lose_no_pair_of_a_large_bucket(chunk: int) -> None:
    array = np.zeros(40, dtype=np.uint64)
    table = pairs.Table(mask=2**64 - 1, skipped=())

    found = [
        pair
        for left, right in pairs.pairs_in(array, table, 0, chunk=chunk)
        for pair in zip(left.tolist(), right.tolist(), strict=True)
    ]

    assert sorted(found) == list(combinations(range(40), 2))


def test_a_negative_distance_proposes_nothing() -> None:
    assert pairs.tables(100, -1) == []
