"""Acts in threads: all are done, in their order, until one shows that the others are hopeless."""

from __future__ import annotations

from functools import partial
from threading import Barrier

import pytest

from seedbed.core.errors import SourceError, UnreachableError
from seedbed.data.sources.plan import side_by_side


def fails(error: Exception) -> None:
    raise error


def test_results_come_in_the_order_of_the_acts() -> None:
    together = Barrier(3)  # none of the first three ends before all of them have begun

    futures = side_by_side([lambda n=n: (together.wait() if n < 3 else 0, n)[1] for n in range(9)], 3, KeyError)

    assert [future.result() for future in futures] == list(range(9))


def test_an_error_is_raised_where_the_result_is_asked_for_and_the_others_go_on() -> None:
    futures = side_by_side([partial(fails, SourceError("one")), lambda: 2], 1, UnreachableError)

    assert futures[1].result() == 2
    with pytest.raises(SourceError, match="one"):
        futures[0].result()


def test_a_hopeless_error_cancels_what_was_not_begun() -> None:
    futures = side_by_side([lambda: 1, partial(fails, UnreachableError("gone")), *[lambda: 2] * 8], 1, UnreachableError)

    assert futures[0].result() == 1
    assert str(futures[1].exception()) == "gone"
    assert all(future.cancelled() for future in futures[2:])
