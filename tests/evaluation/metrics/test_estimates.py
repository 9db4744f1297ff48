"""Edit distance against its definition, and the two similarities at their ends."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.evaluation.metrics.estimates import edit_distance, edit_similarity, exact_match

TEXTS = st.text(alphabet="ab(é𝄞 ", max_size=9)


def by_definition(one: str, other: str) -> int:
    @cache
    def distance(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        return min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (one[i - 1] != other[j - 1]))

    return distance(len(one), len(other))


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_the_distance_is_levenshteins(one: str, other: str) -> None:
    assert edit_distance(one, other) == by_definition(one, other) == edit_distance(other, one)


def test_long_texts_are_no_harder() -> None:
    assert edit_distance("a" * 3000, "a" * 2000 + "b" + "a" * 999) == 1


@pytest.mark.parametrize(
    ("completion", "truth", "exact", "similar"),
    [("", "", 1.0, 1.0), ("  x\n", "x", 1.0, 1.0), ("", "abcd", 0.0, 0.0), ("abcx", "abcd", 0.0, 0.75), ("é", "e", 0.0, 0.0)],
)
def test_similarity_is_one_for_the_same_and_none_for_nothing(completion: str, truth: str, exact: float, similar: float) -> None:
    assert (exact_match(completion, truth), edit_similarity(completion, truth)) == (exact, similar)
