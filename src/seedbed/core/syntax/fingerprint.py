"""Fingerprints that find copies of a file: content hash, SimHash, tree hash, and sketches that verify a similarity.

Everything here is a pure function of the text and its tree, the same on every machine: no `hash()`, no floats, no random
numbers at run time. docs/method/deduplication.md explains the choices and measures them.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from seedbed.core.syntax import hashing
from seedbed.core.syntax.tree import IDENTIFIER, kind_table, token_class

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.core.syntax import Parsed, Walk
    from seedbed.core.syntax.hashing import Hashes
    from seedbed.core.syntax.language import Grammar

LEXICAL, RENAMED, LITERAL, CALLED, NAMED = range(5)
"""Sketched sets: shingles of the tokens, shingles with anonymous names, literals, called names, names."""

SKETCH_BINS: Final = (128, 128, 64, 64, 64)
"""Bins of each set's sketch, in the order above."""

SKETCH_STARTS: Final = tuple(int(start) for start in np.cumsum((0, *SKETCH_BINS)))
"""Where each sketch starts in `sketch`, and where the last one ends."""

OPERATOR_BINS: Final = 32

FEATURES: Final = np.dtype(
    [
        ("tokens_hash", "<u8"),
        ("renamed_hash", "<u8"),
        ("tokens", "<u4"),
        ("sketch", "<u2", (SKETCH_STARTS[-1],)),
        ("operators", "u1", (OPERATOR_BINS,)),
    ]
)
"""Features of a file for verification, 948 bytes.

tokens_hash: of all tokens in order; renamed_hash: the same up to a consistent renaming of identifiers.
tokens: leaves without separators; sketch: one 16-bit value a bin, 0 for an empty bin.
operators: number of occurrences of each operator, at most 255.
"""

_SIMHASH_SHINGLE, _LEXICAL_SHINGLE, _RENAMED_SHINGLE = 3, 5, 5
_NEAR_NAMES: Final = 24
"""Largest back-reference distance in identifiers; larger distances all count as one value."""

_SEPARATOR, _NAME, _LITERAL, _OPEN, _BODY, _TEXT, _OPERATOR = 1, 2, 3, 4, 5, 6, 32
"""Roles of a token: comma or semicolon, name, literal, opening parenthesis, body of a macro, text in markup, operators."""
_SEPARATORS: Final = (token_class(","), token_class(";"))
_CALL: Final = token_class("(")
_MARKUP_TEXT: Final = token_class("jsx_text")
_MACRO: Final = token_class("preproc_arg")
_OPERATOR_TEXTS: Final = (
    "+ - * / % ** // == != < > <= >= && || ! & | ^ ~ << >> += -= *= /= %= &= |= ^= <<= >>= ++ -- and or not in is "
    "? ?? === !== => -> .. ..= := &^ instanceof typeof"
)
_OPERATORS: Final = np.array(sorted(map(token_class, _OPERATOR_TEXTS.split())), dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """simhash: 64 bits, close for similar token streams; ast: 64-bit hash of the tree's shape; features: a `FEATURES` record."""

    simhash: int
    ast: int
    features: npt.NDArray[np.void]


def content_hash(text: str) -> str:
    r"""128-bit hash of the text without insignificant white space, in hexadecimal.

    Line ends become LF; trailing white space, blank lines and a byte order mark are dropped. Indentation stays: in Python it has
    meaning, and copies with another indentation are found by their tokens.

    >>> content_hash("if a:\r\n    b  \r\n\r\n") == content_hash("if a:\n    b")
    True
    >>> content_hash("if a:\n    b\n    c") == content_hash("if a:\n    b\nc")
    False
    """
    lines = "\n".join(filter(None, map(str.rstrip, text.removeprefix("\ufeff").splitlines())))
    return hashlib.blake2b(lines.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def fingerprint(parsed: Parsed, walk: Walk) -> Fingerprint:
    """Fingerprint of a file from its tree.

    Comments and layout do not count, nor do commas and semicolons, which formatters add and drop, nor the quotes and white space
    of a string.
    """
    table = _roles(parsed.grammar)
    counted = _counted(parsed.source, walk, table)
    raw, starts, ends = walk.raw.take(counted), walk.starts.take(counted), walk.ends.take(counted)
    roles, blind = table.roles.take(raw), table.hashes.take(raw)
    values = hashing.span_hashes(parsed.source, starts, ends)
    return Fingerprint(
        simhash=hashing.simhash(hashing.shingles(blind, _SIMHASH_SHINGLE)),
        ast=_tree_hash(table, walk, blind, starts),
        features=_features(roles, values),
    )


def encode(features: npt.NDArray[np.void]) -> str:
    """Features as text for a JSON record: base64 of the 948 bytes."""
    return base64.b64encode(features.tobytes()).decode("ascii")


def decode(text: str) -> npt.NDArray[np.void]:
    """The features that `encode` wrote."""
    return np.frombuffer(base64.b64decode(text), dtype=FEATURES)[0]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class _Roles:
    """By grammar number: role of a token in the fingerprint, uint8[65536], and hash of its kind, uint64[65536]."""

    roles: npt.NDArray[np.uint8]
    hashes: Hashes
    has_markup: bool


def _counted(source: bytes, walk: Walk, table: _Roles) -> npt.NDArray[np.intp]:
    """Indices of the tokens that count."""
    roles = table.roles.take(walk.raw)
    counts = roles != _SEPARATOR
    if table.has_markup:
        for place in np.flatnonzero(roles == _TEXT):
            # A line end between two elements of markup may be a leaf or not, depending on the layout.
            counts[place] = not source[walk.starts[place] : walk.ends[place]].isspace()
    return np.flatnonzero(counts)


@functools.cache
def _roles(grammar: Grammar) -> _Roles:
    table = kind_table(grammar)
    classes = table.classes
    roles = np.zeros(len(classes), dtype=np.uint8)
    for number, kind in enumerate(_OPERATORS):
        roles[classes == kind] = _OPERATOR + number % OPERATOR_BINS
    roles[table.literals] = _LITERAL
    roles[np.isin(classes, _SEPARATORS)] = _SEPARATOR
    for kind, role in ((IDENTIFIER, _NAME), (_CALL, _OPEN), (_MACRO, _BODY), (_MARKUP_TEXT, _TEXT)):
        roles[classes == kind] = role
    return _Roles(roles, hashing.mix(classes.astype(np.uint64)), bool((roles == _TEXT).any()))


def _features(roles: npt.NDArray[np.uint8], values: Hashes) -> npt.NDArray[np.void]:
    named = np.flatnonzero(roles == _NAME)
    names = values.take(named)
    renamed_hash, local = _anonymous(roles, values, named, hashing.previous_distances(names))
    sets = (
        hashing.shingles(values, _LEXICAL_SHINGLE),
        hashing.shingles(local, _RENAMED_SHINGLE),
        values[roles == _LITERAL],
        names[roles.take(named + 1, mode="clip") == _OPEN],
        names,
    )
    operators = np.bincount(roles, minlength=_OPERATOR + OPERATOR_BINS)[_OPERATOR:]
    record = (
        hashing.sequence_hash(hashing.terms(values)),
        renamed_hash,
        len(roles),
        hashing.sketches(sets, SKETCH_BINS),
        np.minimum(operators, 255),
    )
    return np.array(record, dtype=FEATURES)


def _anonymous(
    roles: npt.NDArray[np.uint8], values: Hashes, named: npt.NDArray[np.intp], distances: Hashes
) -> tuple[int, Hashes]:
    """Tokens with identifiers as back-references (distance to the last occurrence): equal under any consistent renaming.

    Returns: a hash of the tokens with full distances, so that files with equal hashes are renamings of each other; token values
    [n] with capped distances, so that an edit changes only tokens near it.
    """
    nameless = values.copy()
    # The body of a macro is one token, whose names are not parsed.
    nameless[roles == _BODY] = 1
    nameless[named] = hashing.spread(distances)
    whole = hashing.sequence_hash(hashing.terms(nameless))
    nameless[named] = _nearby().take(np.minimum(distances, np.uint64(_NEAR_NAMES + 1)).astype(np.intp))
    return whole, nameless


@functools.cache
def _nearby() -> Hashes:
    """Hash of each distance up to the cap."""
    return hashing.mix(np.arange(1, _NEAR_NAMES + 3, dtype=np.uint64))


def _tree_hash(table: _Roles, walk: Walk, blind: Hashes, starts: npt.NDArray[np.uint32]) -> int:
    """Hash of the leaf kinds in order, and of the leaves in each function, branch and loop.

    The leaves alone are not enough: in Python a dedent has no leaf.
    """
    marks = walk.marks
    first, last = (starts.searchsorted(np.array(edges, dtype=np.uint32)) for edges in (marks.starts, marks.ends))
    scopes = hashing.set_hash(table.hashes[marks.kinds], first.astype(np.uint64), last.astype(np.uint64))
    return hashing.sequence_hash(hashing.terms(blind)) ^ scopes
