from __future__ import annotations

from localhub.cache import WeightedCache


def test_what_was_used_last_stays_within_the_weight() -> None:
    cache: WeightedCache[str, int] = WeightedCache(10)
    for name in "abc":
        cache.put(name, ord(name), 3)

    cache.get("a")
    cache.put("d", ord("d"), 4)

    assert [cache.get(name) for name in "abcd"] == [ord("a"), None, ord("c"), ord("d")]


def test_what_is_heavier_than_all_is_not_held() -> None:
    cache: WeightedCache[str, int] = WeightedCache(10)
    cache.put("a", 1, 5)

    cache.put("b", 2, 11)

    assert (cache.get("a"), cache.get("b")) == (1, None)
