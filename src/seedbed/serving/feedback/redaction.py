"""Texts without the credentials in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from seedbed.core.text.credentials import Secret, find_secrets

_ROUNDS = 5
"""A scanner may tell a credential that stands twice once; what is still found after so many takes all of its text along."""

_KEY_RULE, _KEY_END = "private_key", "-----END"
_KEY_START = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY")
"""A scanner wants to see the end of a key; a text around a cursor may be cut before it."""


def redacted(parts: Sequence[str]) -> list[str]:
    """Neighbouring texts of one file, with every line that holds a credential replaced; one that two texts share is found too.

    >>> redacted(["password = 'Xk29", "vPq81ZtLw4Rm7Yc3'", "", "rest"])
    ['[redacted: assignment]', '[redacted: assignment]', '', '[redacted: assignment]']
    """
    parts = list(parts)
    for _ in range(_ROUNDS):
        found = list(_found("".join(parts)))
        if not found:
            return parts
        parts = _without(parts, found)
    return ["[redacted]" if part else "" for part in parts]


def _found(text: str) -> Iterator[Secret]:
    yield from find_secrets(text)
    yield from (Secret(_KEY_RULE, text.count("\n", 0, key.start()) + 1) for key in _KEY_START.finditer(text))


def _without(parts: Sequence[str], found: Sequence[Secret]) -> list[str]:
    spans = list(_spans("".join(parts), found))
    ends = list(accumulate(map(len, parts)))
    return [_cut(part, end - len(part), spans) for part, end in zip(parts, ends, strict=True)]


def _spans(text: str, found: Sequence[Secret]) -> Iterator[tuple[int, int, str]]:
    """First character of each line with a credential, the one behind its last, and the rule; a private key ends where it says."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    taken = 0
    for secret in sorted(found, key=lambda one: (one.line, one.rule != _KEY_RULE)):
        first, last = starts[secret.line - 1], starts[secret.line] - 1
        if secret.rule == _KEY_RULE:
            closing = text.find(_KEY_END, first)
            last = len(text) if closing < 0 else (text + "\n").index("\n", closing)
        if first >= taken:
            yield first, last, secret.rule
            taken = last


def _cut(part: str, start: int, spans: Sequence[tuple[int, int, str]]) -> str:
    """A text that begins at a character of the whole, its share of each span replaced."""
    made, at = [], 0
    for first, last, rule in spans:
        here, there = max(first - start, at), min(last - start, len(part))
        if here < there:
            made += [part[at:here], f"[redacted: {rule}]"]
            at = there
    return "".join([*made, part[at:]])
