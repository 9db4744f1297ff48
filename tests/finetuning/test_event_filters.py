"""The funnel: what may teach, and the word for each event that may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from seedbed.data.attribution.find import Match
from seedbed.finetuning import event_filters
from seedbed.finetuning.contamination import NgramIndex
from seedbed.finetuning.event_filters import HeldOutDraw, split
from seedbed.finetuning.events import Accepted, accepted_of, without_redacted_lines
from seedbed.serving.completion.request import Fragment
from seedbed.serving.feedback import FeedbackEvent, Outcome

PREFIX = "import math\n\n\ndef mean(values):\n    total = sum(values)\n    "
GOOD = Accepted("1", "edited", "return total / len(values)", PREFIX, "\n", "stats.py", "Python")
LONG = "\n".join(
    f"    counted_{letter} = measure(values, '{letter}', limit={number})" for number, letter in enumerate("abcdefgh")
)


class Found:
    """An index that knows one text."""

    def __init__(self, license_: str) -> None:
        self._license = license_

    def matches(self, fragment: Fragment) -> Sequence[Match]:
        told = {
            "id": "a",
            "project": "p",
            "version": "1",
            "path": "a.py",
            "swhid": "",
            "lines": (1, 2),
            "files": 1,
            "projects": 1,
        }
        return [Match(tokens=40, start=0, end=9, renamed=False, license=self._license, **told)]


class Nothing:
    def matches(self, fragment: Fragment) -> Sequence[Match]:
        return []


def reasons(
    events: Sequence[Accepted], finder: event_filters.MatchFinder | None = None, judged: NgramIndex | None = None
) -> list[str]:
    """Words of the funnel for what does not pass."""
    _, passed = event_filters.run_filters(
        events,
        event_filters.filter_steps(
            count=len,
            max_tokens=800,
            near_distance=10,
            licenses=("MIT", "Apache-2.0"),
            finder=finder or Nothing(),
            judged=judged or NgramIndex(20),
        ),
    )
    assert passed[0].events_in == len(events)
    assert all(one.events_in - one.events_out == sum(one.reasons.values()) for one in passed)
    return [reason for step in passed for reason, number in step.reasons.items() for _ in range(number)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, []),
        ({"action": "rejected", "text": ""}, ["rejected"]),
        ({"text": " \n"}, ["empty"]),
        ({"text": "return '[redacted: assignment]'"}, ["redacted"]),
        ({"prefix": PREFIX + "[redacted: aws_1] = "}, ["redacted"]),
        ({"language": ""}, ["language_unknown"]),
        ({"text": "x = 1\n" * 300}, ["too_long"]),
        ({"text": "return total / ) len(("}, ["does_not_parse"]),
        ({"text": "# Copyright (c) 2020 Somebody Else\nreturn total"}, ["license_text"]),
        ({"text": "# SPDX-License-Identifier: GPL-3.0-only\nreturn total"}, ["license_text"]),
        ({"text": "# (C) 2020 Somebody Else\nreturn total"}, ["license_text"]),
        ({"text": "# All Rights Reserved.\nreturn total"}, ["license_text"]),
        ({"text": "return f(c) + total"}, []),
    ],
)
def test_an_event_passes_or_goes_with_its_reason(change: dict[str, str], why: list[str]) -> None:
    assert reasons([replace(GOOD, **change)]) == why


def test_a_text_that_no_tokenizer_cuts_is_too_long_uncounted() -> None:
    def count(text: str) -> int:
        raise AssertionError(f"counted {len(text)} characters")

    assert event_filters.limit_length(count, 800)(replace(GOOD, text="(" * 1_000_000)) == "too_long"


@pytest.mark.parametrize(
    ("license_", "why"), [("MIT", []), ("GPL-3.0-only", ["license_not_allowed"]), ("MIT OR GPL-2.0-only", [])]
)
def test_a_text_that_stands_in_the_dataset_has_the_license_of_its_file(license_: str, why: list[str]) -> None:
    assert reasons([GOOD], Found(license_)) == why


def test_the_same_text_at_the_same_place_counts_once_and_elsewhere_again() -> None:
    typed = replace(GOOD, id="2", prefix=PREFIX + "return tot", text="al / len(values)")
    elsewhere = replace(GOOD, id="3", prefix=PREFIX.replace("total", "whole").replace("mean", "middle"))

    assert reasons([GOOD, typed, elsewhere]) == ["duplicate:exact"]


def test_a_near_copy_at_another_place_goes() -> None:
    block = replace(GOOD, text=LONG.strip())
    copy = replace(block, id="2", prefix="def other(values):\n    ", text=LONG.strip().replace("limit=3", "limit=4"))

    assert reasons([block, copy]) == ["duplicate:near"]


def test_what_judges_teaches_nothing_even_where_only_its_neighbours_are_the_same() -> None:
    judged = NgramIndex(20)
    judged.add("humaneval", [(GOOD.fragment.text, "Python")])
    other = replace(GOOD, id="2", prefix="class Other:\n    def size(self):\n        ", text="return self.items.count() + 1")

    assert reasons([GOOD, other], judged=judged) == ["contaminated:humaneval"]


def test_redacted_lines_of_the_surroundings_go_and_the_rest_stays() -> None:
    event = replace(GOOD, prefix="a = 1\n[redacted: assignment]\nb = ", suffix="\nc = 3\n[redacted]\nd = 4\n")

    left = without_redacted_lines(event)

    assert left is not None
    assert (left.prefix, left.suffix) == ("a = 1\nb = ", "\nc = 3\nd = 4\n")


def test_no_place_is_on_both_sides_and_no_run_of_tokens() -> None:
    events = [
        replace(GOOD, id=f"{at}-{typed}", prefix=f"{PREFIX}value_{at} = 1\n    note(value_{at})\n    {'return'[:typed]}")
        for at in range(30)
        for typed in range(3)
    ]

    teaching, judging, passed = split(events, HeldOutDraw(0.3, "salt"), 20)

    assert {one.place for one in teaching}.isdisjoint(one.place for one in judging)
    assert len(judging) % 3 == 0
    assert 0 < len(judging) < 60
    assert passed[0].reasons == {"held_out": len(judging)}


def test_what_judges_takes_its_copies_out_of_what_teaches() -> None:
    names = [replace(GOOD, id=str(at), prefix=f"import a{at}\nimport b{at}\nimport c{at}\n{PREFIX}") for at in range(8)]
    far = [replace(one, prefix=one.prefix.replace("total = sum(values)", f"total = {at}")) for at, one in enumerate(names)]

    teaching, judging, passed = split(far, HeldOutDraw(0.5, "salt"), 7)

    assert judging
    assert not teaching
    assert passed[1].reasons == {"contaminated:held_out": len(far) - len(judging)}


def test_an_outcome_is_what_stands_there_now_without_credentials() -> None:
    event = FeedbackEvent(
        id="1",
        consent=True,
        action="edited",
        shown="pass",
        final="token = 'Xk29vPq81ZtLw4Rm7Yc3'",
        path="a.ts",
        language="python",
    )

    told = accepted_of(Outcome("edited", event.final, event))

    assert (told.action, told.text, told.language) == ("edited", "[redacted: assignment]", "Python")
