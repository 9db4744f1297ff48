"""Validation that means the same for every layout and tokenizer: a fixed choice of windows, and bits per byte."""

from __future__ import annotations

from math import log

from seedbed.models.tokens.manifest import VALIDATION, Tokens


def chosen(windows: int, wanted: int) -> list[int]:
    """Numbers of at most `wanted` windows, evenly spread over the split: (10, 4) -> [0, 2, 5, 7]."""
    count = min(windows, wanted)
    return [index * windows // count for index in range(count)]


def bits_per_byte(loss: float, tokens: Tokens) -> float:
    """Loss per byte of text, comparable between tokenizers.

    Unit: nats a token -> bits a byte. Error: the tokens a byte are those of the whole split, not of the chosen windows.
    """
    return loss / log(2) * tokens.tokens[VALIDATION] / tokens.bytes[VALIDATION]
