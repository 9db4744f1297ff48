"""Seeded draws by name, and how much of each language is used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def draws(seed: int, *names: object) -> tuple[float, float, float, float]:
    """Four independent uniform numbers in [0, 1), from the SHA-256 of a seed and names.

    >>> draws(7, "fim", "a.py") == draws(7, "fim", "a.py") != draws(8, "fim", "a.py")
    True
    """
    digest = hashlib.sha256("\0".join(str(name) for name in (seed, *names)).encode()).digest()
    first, second, third, fourth = (int.from_bytes(digest[at : at + 8], "big") >> 11 for at in range(0, 32, 8))
    return first / 2**53, second / 2**53, third / 2**53, fourth / 2**53


def balanced(available: Mapping[str, int], wanted: int) -> dict[str, float]:
    """Share of each language's bytes to take, for a sample of `wanted` bytes with the languages as equal as possible.

    A language with less than an equal share is taken whole, and the others share the rest.  Unit: bytes -> shares in [0, 1].

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
    """How often to repeat each language, so that n bytes of it weigh n ** (1 / temperature).

    The largest language is seen once, a smaller one more often, at most `most` times; no file is left out.
    Unit: bytes -> epochs.  Error: rounded to 6 decimals.

    >>> epochs({"C": 1000, "Go": 125, "Rust": 1}, 1.5, 4.0)
    {'C': 1.0, 'Go': 2.0, 'Rust': 4.0}
    """
    largest = max(available.values(), default=0)
    return {
        language: round(min(most, (largest / size) ** (1 - 1 / temperature)), 6)
        for language, size in sorted(available.items())
        if size
    }
