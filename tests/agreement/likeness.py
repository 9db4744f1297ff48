"""A second opinion on whether two files are one program, by means that the fingerprints do not use.

Code lines are compared as text, and renamings are looked for name by name in the whole token sequence. It is slow and exact.
"""

from __future__ import annotations

import functools
import hashlib
from collections import Counter

from seedbed.core.syntax import parse
from tests.agreement.transformations import COMMENTS, IDENTIFIERS, Source, spans

DIFFERENT_BELOW = 0.7
"""Share of equal code lines below which two files are different programs, unless one is a renaming of the other."""

_FORMAT = b" \t\r\n\f\v,;'\"`"
"""Bytes that a formatter adds, drops or exchanges."""


def are_different(left: Source, right: Source) -> bool:
    """Two programs: under seven in ten of the code lines are equal, and no consistent renaming makes one of the other."""
    return shared_lines(left, right) < DIFFERENT_BELOW and not is_renaming(left, right)


def shared_lines(left: Source, right: Source) -> float:
    """Code lines in common, white space and comments aside, over those of the longer file."""
    ours, theirs = _code_lines(left), _code_lines(right)
    return (ours & theirs).total() / max(1, ours.total(), theirs.total())


def is_renaming(left: Source, right: Source) -> bool:
    """Whether one-to-one renaming of identifiers turns one token sequence into the other."""
    return _nameless(left) == _nameless(right)


@functools.lru_cache(maxsize=20_000)
def _code_lines(source: Source) -> Counter[bytes]:
    text = source.text.encode()
    parts, position = [], 0
    for start, end in _words_about(source):
        parts.append(text[position:start])
        parts.append(b"\n" if text[start:end].endswith(b"\n") else b"")
        position = max(position, end)
    lines = b"".join([*parts, text[position:]]).splitlines()
    bare = (line.translate(None, _FORMAT) for line in lines)
    return Counter(line for line in bare if len(line) > 1)


def _words_about(source: Source) -> list[tuple[int, int]]:
    """Bytes of the comments, and of the strings that stand for one: Python's docstrings."""
    parsed = parse(source.text, source.language)
    found: list[tuple[int, int]] = []
    stack = [parsed.tree.root_node] if parsed else []
    while stack:
        node = stack.pop()
        is_docstring = node.type == "expression_statement" and [child.type for child in node.children] == ["string"]
        if node.type in COMMENTS or is_docstring:
            found.append((node.start_byte, node.end_byte))
        else:
            stack += reversed(node.children)
    return found


@functools.lru_cache(maxsize=20_000)
def _nameless(source: Source) -> str:
    """Digest of the tokens with each identifier told by the number of names that came before its first use."""
    text = source.text.encode()
    numbers: dict[bytes, int] = {}
    digest = hashlib.sha256()
    for leaf in spans(source):
        if leaf.kind in IDENTIFIERS:
            digest.update(b"%d\0" % numbers.setdefault(text[leaf.start : leaf.end], len(numbers)))
        elif leaf.kind not in {*COMMENTS, ",", ";"}:
            digest.update(b" " + text[leaf.start : leaf.end].translate(None, _FORMAT) + b"\0")
    return digest.hexdigest()
