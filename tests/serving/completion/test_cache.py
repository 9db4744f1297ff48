"""What was suggested is remembered: as it was, while it is typed, and within its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.models.inference.backend import Completion
from seedbed.serving.completion.cache import CompletionCache


def completion(text: str) -> Completion:
    return Completion(text, (1, 2), (-0.5, -0.1), "stop")


@pytest.fixture
def cache() -> CompletionCache:
    cache = CompletionCache()
    cache.put("def f(x):\n    ", "around", [completion("return x + 1"), completion("raise ValueError")])
    return cache


def test_the_same_question_has_the_same_answer(cache: CompletionCache) -> None:
    assert [one.text for one in cache.find("def f(x):\n    ", "around") or ()] == ["return x + 1", "raise ValueError"]
    assert cache.counts.exact == 1


@pytest.mark.parametrize(
    ("typed", "left"),
    [("r", ["eturn x + 1", "aise ValueError"]), ("return", [" x + 1"]), ("return x + ", ["1"]), ("raise", [" ValueError"])],
)
def test_what_is_typed_as_suggested_needs_no_model(cache: CompletionCache, typed: str, left: list[str]) -> None:
    assert [one.text for one in cache.find(f"def f(x):\n    {typed}", "around") or ()] == left
    assert (cache.counts.typed_ahead, cache.counts.missed) == (1, 0)


@pytest.mark.parametrize(
    ("prefix", "around"),
    [
        ("def f(x):\n    return y", "around"),
        ("def f(x):\n    return x + 1", "around"),
        ("def f(x):\n   ", "around"),
        ("xdef f(x):\n    ", "around"),
        ("def f(x):\n    ", "elsewhere"),
    ],
)
def test_another_place_is_another_question(cache: CompletionCache, prefix: str, around: str) -> None:
    assert cache.find(prefix, around) is None
    assert cache.counts.missed == 1


@given(st.text(max_size=200), st.text(min_size=1, max_size=80), st.data())
def test_every_beginning_of_a_suggestion_leads_to_its_rest(prefix: str, text: str, data: st.DataObject) -> None:
    cache = CompletionCache()
    cache.put(prefix, 0, [completion(text)])
    size = data.draw(st.integers(0, len(text) - 1))

    found = cache.find(prefix + text[:size], 0)

    assert found is not None
    assert found[0].text == text[size:]


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=400)), min_size=1, max_size=60))
def test_it_never_holds_more_than_its_bytes(entries: list[tuple[str, str]]) -> None:
    cache = CompletionCache(max_bytes=8_000)
    latest: dict[str, str] = {}
    for prefix, text in entries:
        cache.put(prefix, 0, [completion(text)])
        latest.pop(prefix, None)
        latest[prefix] = text

        assert cache.counts.bytes <= 8_000
    fresh = CompletionCache(max_bytes=8_000)
    for prefix, text in list(latest.items())[-cache.counts.entries :]:
        fresh.put(prefix, 0, [completion(text)])
    assert (cache.counts.bytes, cache.counts.entries) == (fresh.counts.bytes, fresh.counts.entries)


def test_what_was_not_asked_for_longest_goes_first() -> None:
    cache = CompletionCache(max_bytes=1500)
    for prefix in ("a", "b"):
        cache.put(prefix, 0, [completion("x")])
    cache.find("a", 0)

    cache.put("c", 0, [completion("x" * 20)])

    assert cache.find("b", 0) is None
    assert cache.find("a", 0)
    assert cache.counts.evicted == 1
