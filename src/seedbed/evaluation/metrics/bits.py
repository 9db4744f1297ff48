"""Bits per byte: what a model still has to be told of a text, whatever its tokenizer."""

from __future__ import annotations

from math import log


def bits_per_byte(nats: float, size_bytes: int) -> float:
    """Negative log-likelihood of a text over its size.

    Args: nats: sum over all of its tokens; size_bytes: of its UTF-8 form.
    Unit: nats and bytes -> bits a byte.  Raises: ValueError for a text without bytes.

    >>> bits_per_byte(8 * log(2), 4)
    2.0
    """
    if size_bytes <= 0:
        raise ValueError("a text without bytes has no bits per byte")
    return nats / log(2) / size_bytes
