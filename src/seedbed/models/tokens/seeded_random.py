"""Random numbers that depend only on a seed and names, so that a file gets the same draw in every order and process."""

from __future__ import annotations

import hashlib


def draws(seed: int, *names: object) -> tuple[float, float, float, float]:
    """Four independent uniform numbers in [0, 1), from the SHA-256 of a seed and names.

    >>> draws(7, "fim", "a.py") == draws(7, "fim", "a.py") != draws(8, "fim", "a.py")
    True
    """
    digest = hashlib.sha256("\0".join(str(name) for name in (seed, *names)).encode()).digest()
    first, second, third, fourth = (int.from_bytes(digest[at : at + 8], "big") >> 11 for at in range(0, 32, 8))
    return first / 2**53, second / 2**53, third / 2**53, fourth / 2**53
