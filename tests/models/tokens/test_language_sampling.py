"""Shares and epochs of languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.models.tokens.sampling import balanced, draws, epochs

SIZES = st.dictionaries(st.sampled_from("C C++ Go Java Rust Python".split()), st.integers(1, 10**12), min_size=1)


@given(sizes=SIZES, wanted=st.integers(1, 10**12))
def test_a_sample_is_as_large_as_asked_and_as_equal_as_it_can_be(sizes: dict[str, int], wanted: int) -> None:
    given = {language: share * sizes[language] for language, share in balanced(sizes, wanted).items()}

    assert sum(given.values()) == pytest.approx(min(wanted, sum(sizes.values())), abs=len(sizes), rel=1e-9)
    most = max(given.values())
    assert all(
        size == pytest.approx(most, abs=2 * len(sizes), rel=1e-9) or size == pytest.approx(sizes[name], rel=1e-9)
        for name, size in given.items()
    )


@given(sizes=SIZES, temperature=st.floats(1, 10))
def test_no_language_is_seen_less_than_once_or_more_than_the_most(sizes: dict[str, int], temperature: float) -> None:
    times = epochs(sizes, temperature, 4.0)

    assert min(times.values()) == 1.0
    assert max(times.values()) <= 4.0


def test_a_temperature_of_one_leaves_the_data_as_it_is() -> None:
    assert epochs({"C": 900, "Go": 3}, 1.0, 4.0) == {"C": 1.0, "Go": 1.0}


def test_bytes_seen_follow_the_temperature() -> None:
    times = epochs({"C": 2700, "Go": 800}, 3.0, 4.0)

    assert 800 * times["Go"] / 2700 == pytest.approx((800 / 2700) ** (1 / 3), rel=1e-4)


def test_draws_are_even_and_of_the_names_alone() -> None:
    numbers = [draw for number in range(4000) for draw in draws(1, "x", number)]

    assert sum(numbers) / len(numbers) == pytest.approx(0.5, abs=0.02)
    assert all(0 <= number < 1 for number in numbers)
    assert draws(1, "a", "b") == draws(1, "a", "b") != draws(1, "ab")
