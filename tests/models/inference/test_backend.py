"""What may be asked of a model."""

from __future__ import annotations

import math

import pytest

from seedbed.core.errors import InputError
from seedbed.models.inference.backend import Completion, Sampling, tokens_left


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", -0.1),
        ("temperature", math.nan),
        ("temperature", math.inf),
        ("temperature", True),
        ("top_k", -1),
        ("top_k", 1.5),
        ("top_p", 0),
        ("top_p", 1.1),
        ("max_new_tokens", 0),
        ("n", 0),
        ("seed", -1),
        ("stop", ("",)),
        ("stop", "\n"),
    ],
)
def test_a_value_that_means_nothing_is_refused(name: str, value: object) -> None:
    with pytest.raises(InputError, match=rf"^{name}: .* Allowed: "):
        Sampling(**{name: value})


def test_the_edges_are_allowed() -> None:
    Sampling(temperature=0, top_k=0, top_p=1, max_new_tokens=1, n=1, seed=0, stop=())


def test_no_more_is_written_than_fits() -> None:
    assert tokens_left(range(60), 64, 10) == 4
    assert tokens_left(range(60), 64, 3) == 3


@pytest.mark.parametrize(("length", "message"), [(64, "64 tokens. Allowed: fewer than 64"), (0, "empty")])
def test_a_prompt_without_room_is_refused(length: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        tokens_left(range(length), 64, 1)


def test_the_mean_is_over_the_tokens() -> None:
    assert Completion("ab", (1, 2), (-1.0, -3.0), "stop").mean_log_probability == -2.0
    assert Completion("", (), (), "stop").mean_log_probability == -math.inf
