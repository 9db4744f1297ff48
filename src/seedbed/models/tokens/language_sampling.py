"""How much of each language: a balanced sample for the tokenizer, and epochs by temperature for training."""

from __future__ import annotations

from collections.abc import Mapping


def balanced(available: Mapping[str, int], wanted: int) -> dict[str, float]:
    """Share of each language's bytes in a sample of `wanted` bytes that has them as equal as they can be.

    A language that has less than an even share gives all it has, and the others share what is left.

    >>> balanced({"C": 100, "Go": 10, "Java": 100}, 90)
    {'C': 0.4, 'Go': 1.0, 'Java': 0.4}
    """
    shares, left = {}, wanted
    for count, (language, size) in enumerate(sorted(available.items(), key=lambda item: (item[1], item[0]))):
        given = min(size, left // (len(available) - count))
        shares[language] = given / size if size else 0.0
        left -= given
    return dict(sorted(shares.items()))


def epochs(available: Mapping[str, int], temperature: float, most: float) -> dict[str, float]:
    """How often each language is seen, so that n bytes of it count as n ** (1 / temperature).

    The largest language is seen once, a smaller one more often, none more often than `most`; no file is left out.

    >>> epochs({"C": 1000, "Go": 125, "Rust": 1}, 1.5, 4.0)
    {'C': 1.0, 'Go': 2.0, 'Rust': 4.0}
    """
    largest = max(available.values(), default=0)
    return {
        language: round(min(most, (largest / size) ** (1 - 1 / temperature)), 6)
        for language, size in sorted(available.items())
        if size
    }
