"""Compiled grammars, their parsers, and their node kinds as stable numbers.

A grammar numbers its kinds anew in each release, so a token class is a hash of the kind's name: the same in every process,
grammar version and language. All identifiers share one class, and a string literal is one token whatever is in it.
"""

from __future__ import annotations

import functools
import re
import threading
import zlib
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import tree_sitter

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.core.syntax.language import Grammar


KINDS = 1 << 16
"""Grammar symbols are 16-bit numbers; the last one is ERROR."""


@functools.cache
def load(grammar: Grammar) -> tree_sitter.Language:
    """The compiled grammar, loaded once per process."""
    pointer = getattr(import_module(grammar.module), grammar.function)()
    return tree_sitter.Language(pointer)


class _Parsers(threading.local):
    """A parser has state while it parses, so each thread has its own."""

    def __init__(self) -> None:
        self.by_grammar: dict[Grammar, tree_sitter.Parser] = {}


_parsers = _Parsers()


def parser(grammar: Grammar) -> tree_sitter.Parser:
    """A parser of this grammar, built once per thread."""
    if grammar not in _parsers.by_grammar:
        _parsers.by_grammar[grammar] = tree_sitter.Parser(load(grammar))
    return _parsers.by_grammar[grammar]


def token_class(name: str) -> int:
    """Stable id of a node kind: CRC-32 of its name. The kinds that a grammar has for identifiers share `IDENTIFIER`."""
    return zlib.crc32(name.encode())


IDENTIFIER = token_class("identifier")
"""Token class of every identifier."""

_ALWAYS_THE_SAME = re.compile(r"[a-z]+|[-+*/%&|^<>=!?:;,.(){}\[\]~@]+")
"""Keywords and operators of one spelling; `#if` may hold spaces, `not in` a line end, and quotes are strings' business."""


@dataclass(frozen=True, slots=True)
class KindTable:
    """A grammar's node kinds, by their number in the grammar.

    names: their names; named: whether it is a node with a name rather than a keyword or an operator.
    classes: uint32[65536] stable ids, 0 for comments; literals: bool[65536] whether it is a string or a number.
    lengths: uint32[65536] bytes of a keyword or an operator that is always written like its name, else 0.
    """

    names: tuple[str, ...]
    classes: npt.NDArray[np.uint32]
    literals: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.uint32]
    named: tuple[bool, ...]

    def nodes(self, names: frozenset[str]) -> list[int]:
        """Grammar numbers of the named nodes of these kinds."""
        return [number for number, name in enumerate(self.names) if name in names and self.named[number]]

    def tokens(self, names: frozenset[str]) -> list[int]:
        """Grammar numbers of the keywords and operators with these texts."""
        return [number for number, name in enumerate(self.names) if name in names and not self.named[number]]

    def fixed(self) -> list[int]:
        """Grammar numbers of the keywords and operators that are always written like their name."""
        return [int(number) for number in np.flatnonzero(self.lengths)]


@functools.cache
def kind_table(grammar: Grammar) -> KindTable:
    """The kinds of a grammar, built once per process."""
    language, leaves = load(grammar), grammar.leaves
    numbers = range(language.node_kind_count)
    names = tuple(language.node_kind_for_id(number) or "" for number in numbers)
    classes = np.full(KINDS, token_class("ERROR"), dtype=np.uint32)
    for number, name in enumerate(names):
        classes[number] = 0 if name in leaves.comments else IDENTIFIER if name in leaves.identifiers else token_class(name)
    named = tuple(language.node_kind_is_named(number) for number in numbers)
    lengths = np.zeros(KINDS, dtype=np.uint32)
    for number, name in enumerate(names):
        lengths[number] = len(name) if _ALWAYS_THE_SAME.fullmatch(name) and not named[number] else 0
    literals = np.isin(classes, [token_class(name) for name in leaves.strings | leaves.numbers])
    return KindTable(names, classes, literals, lengths, named)
