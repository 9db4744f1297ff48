"""Token classes: stable 32-bit ids of node kinds, the same in every process, grammar version and language.

A grammar numbers its kinds anew in each release, so the id is a hash of the kind's name. All identifiers share one id,
and a string literal is one token whatever is in it.
"""

from __future__ import annotations

import functools
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seedbed.core.syntax.grammars import load

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.core.syntax.grammars import Grammar

KINDS = 1 << 16
"""Grammar symbols are 16-bit numbers; the last one is ERROR."""


def token_class(name: str) -> int:
    """Stable id of a node kind: CRC-32 of its name, in which all identifiers are one.

    >>> token_class("field_identifier") == token_class("identifier") == IDENTIFIER
    True
    """
    return zlib.crc32(b"identifier" if name in IDENTIFIERS else name.encode())


IDENTIFIERS = frozenset(
    {
        "identifier",
        "field_identifier",
        "type_identifier",
        "property_identifier",
        "private_property_identifier",
        "shorthand_property_identifier",
        "shorthand_property_identifier_pattern",
        "shorthand_field_identifier",
        "namespace_identifier",
        "package_identifier",
        "statement_identifier",
        "label_name",
    }
)
"""Node kinds that are names a programmer chose."""

IDENTIFIER = token_class("identifier")
"""Token class of every identifier."""

_ALWAYS_THE_SAME = re.compile(r"[a-z]+|[-+*/%&|^<>=!?:;,.(){}\[\]~@]+")
"""Keywords and operators of one spelling; `#if` may hold spaces, `not in` a line end, and quotes are strings' business."""

COMMENTS = frozenset({"comment", "line_comment", "block_comment", "html_comment", "hash_bang_line"})
"""Node kinds that say nothing to the compiler."""

STRINGS = frozenset(
    {
        "string",
        "string_literal",
        "raw_string_literal",
        "interpreted_string_literal",
        "char_literal",
        "character_literal",
        "rune_literal",
        "system_lib_string",
        "template_string",
        "regex",
    }
)
"""Node kinds of string-like literals. One without interpolation is one leaf."""

NUMBERS = frozenset(
    {
        "integer",
        "float",
        "number",
        "number_literal",
        "integer_literal",
        "float_literal",
        "int_literal",
        "imaginary_literal",
        "decimal_integer_literal",
        "hex_integer_literal",
        "octal_integer_literal",
        "binary_integer_literal",
        "decimal_floating_point_literal",
        "hex_floating_point_literal",
    }
)
"""Node kinds of numbers."""

LITERALS = np.array(sorted({token_class(name) for name in STRINGS | NUMBERS}), dtype=np.uint32)
"""Token classes of literals."""


@dataclass(frozen=True, slots=True)
class KindTable:
    """A grammar's kinds by their number there.

    names: their names; named: whether it is a node with a name rather than a keyword or an operator.
    classes: uint32[65536] stable ids, 0 for comments.
    lengths: uint32[65536] bytes of a keyword or an operator that is always written as it is called, else 0.
    """

    names: tuple[str, ...]
    classes: npt.NDArray[np.uint32]

    lengths: npt.NDArray[np.uint32]
    named: tuple[bool, ...]

    def nodes(self, names: frozenset[str]) -> list[int]:
        """Grammar numbers of the named nodes of these kinds."""
        return [number for number, name in enumerate(self.names) if name in names and self.named[number]]

    def tokens(self, names: frozenset[str]) -> list[int]:
        """Grammar numbers of the keywords and operators with these texts."""
        return [number for number, name in enumerate(self.names) if name in names and not self.named[number]]

    def fixed(self) -> list[int]:
        """Grammar numbers of the keywords and operators that are always written as they are called."""
        return [int(number) for number in np.flatnonzero(self.lengths)]


@functools.cache
def kind_table(grammar: Grammar) -> KindTable:
    """The kinds of a grammar, built once a process."""
    language = load(grammar)
    numbers = range(language.node_kind_count)
    names = tuple(language.node_kind_for_id(number) or "" for number in numbers)
    classes = np.full(KINDS, token_class("ERROR"), dtype=np.uint32)
    for number, name in enumerate(names):
        classes[number] = 0 if name in COMMENTS else token_class(name)
    named = tuple(language.node_kind_is_named(number) for number in numbers)
    lengths = np.zeros(KINDS, dtype=np.uint32)
    for number, name in enumerate(names):
        lengths[number] = len(name) if _ALWAYS_THE_SAME.fullmatch(name) and not named[number] else 0
    return KindTable(names, classes, lengths, named)
