"""Whose turn it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from seedbed.serving.http.access import Admission, RateLimit
from seedbed.serving.http.errors import Refusal

Act = Callable[[str], Awaitable[None]]


def test_callers_take_turns_however_much_one_of_them_asks() -> None:
    served: list[str] = []

    async def run() -> None:
        admission = Admission(1, 100)

        async def ask(caller: str) -> None:
            async with admission.turn(caller):
                served.append(caller)
                await asyncio.sleep(0)

        await asyncio.gather(*(ask(caller) for caller in ["greedy"] * 6 + ["modest"] * 2))

    asyncio.run(run())

    assert served[:5] == ["greedy", "greedy", "modest", "greedy", "modest"]
    assert len(served) == 8


def test_no_more_run_and_wait_than_may() -> None:
    async def run() -> tuple[int, int, list[object]]:
        admission = Admission(2, 3)
        go = asyncio.Event()
        most = 0

        async def ask() -> None:
            nonlocal most
            async with admission.turn("a"):
                most = max(most, admission.running)
                await go.wait()

        asking = [asyncio.ensure_future(ask()) for _ in range(7)]
        await asyncio.sleep(0)
        waiting = admission.waiting
        go.set()
        return most, waiting, list(await asyncio.gather(*asking, return_exceptions=True))

    most, waiting, told = asyncio.run(run())

    assert (most, waiting) == (2, 3)
    refused = [one for one in told if isinstance(one, Refusal)]
    assert [(one.status_code, one.code) for one in refused] == [(429, "queue_full")] * 2
    assert all(int((one.headers or {})["Retry-After"]) >= 1 for one in refused)


@pytest.mark.parametrize("leave_after_the_turn_came", [False, True])
def test_who_leaves_while_waiting_takes_no_turn_along(leave_after_the_turn_came: bool) -> None:
    async def run() -> tuple[int, int]:
        admission = Admission(1, 5)
        go = asyncio.Event()

        async def ask() -> None:
            async with admission.turn("a"):
                await go.wait()

        first, second, third = (asyncio.ensure_future(ask()) for _ in range(3))
        await asyncio.sleep(0)
        if leave_after_the_turn_came:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        go.set()
        await asyncio.wait_for(third, 5)
        return admission.running, admission.waiting

    assert asyncio.run(run()) == (0, 0)


def test_a_turn_is_given_back_by_who_fails() -> None:
    async def run() -> int:
        admission = Admission(1, 0)
        with pytest.raises(ZeroDivisionError):
            async with admission.turn("a"):
                raise ZeroDivisionError
        return admission.running

    assert asyncio.run(run()) == 0


def test_a_rate_lets_a_burst_in_then_one_at_a_time() -> None:
    now = 0.0
    rates = RateLimit(60, lambda: now)
    for _ in range(10):
        rates.take("a")

    with pytest.raises(Refusal) as caught:
        rates.take("a")

    assert (caught.value.status_code, caught.value.headers) == (429, {"Retry-After": "1"})
    rates.take("b")
    now = 1.0
    rates.take("a")
    with pytest.raises(Refusal):
        rates.take("a")


def test_no_rate_is_no_bound() -> None:
    rates = RateLimit(0)

    for _ in range(10_000):
        rates.take("a")


def test_who_leaves_in_the_moment_in_which_a_turn_is_free_takes_none_along() -> None:
    async def scene() -> tuple[int, int]:
        admission = Admission(1, 9)

        async def hold(until: asyncio.Event) -> None:
            async with admission.turn("a"):
                await until.wait()

        release, never = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(hold(release))
        leaving = [asyncio.create_task(hold(never)) for _ in range(2)]
        await asyncio.sleep(0)
        release.set()
        await asyncio.sleep(0)  # the first goes on in the next step, before those who are cancelled now
        for one in leaving:
            one.cancel()
        await asyncio.gather(first, *leaving, return_exceptions=True)
        return admission.running, admission.waiting

    assert asyncio.run(scene()) == (0, 0)
