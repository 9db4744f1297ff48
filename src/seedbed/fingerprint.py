"""What two copies of a file have in common: content hash, SimHash, tree hash, and sketches that verify a likeness.

Everything here is a pure function of the text and its tree, the same on every machine: no `hash()`, no floats, no random
numbers drawn at run time. docs/deduplication.md explains the choices and measures them.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from seedbed import hashing
from seedbed.parsing import IDENTIFIER, LITERALS, token_class
from seedbed.parsing.kinds import kind_table

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.hashing import Hashes
    from seedbed.parsing import Parsed, Walk

LEXICAL, RENAMED, LITERAL, CALLED, NAMED = range(5)
"""Sketched sets: shingles of the tokens as they stand, the same with names made anonymous, literals, called names, names."""

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
"""What verification needs of a file, 948 bytes.

tokens_hash: of all tokens in order; renamed_hash: the same up to a consistent renaming of identifiers.
tokens: leaves without separators; sketch: one 16-bit value a bin, 0 for an empty bin.
operators: how often each operator stands there, capped at 255.
"""

_SIMHASH_SHINGLE, _LEXICAL_SHINGLE, _RENAMED_SHINGLE = 3, 5, 5
_NEAR_NAMES: Final = 24
"""A name seen within so many identifiers is known by that distance; one seen longer ago just as `seen`."""

_SEPARATORS: Final = (token_class(","), token_class(";"))
_CALL: Final = token_class("(")
_MACRO_BODY: Final = token_class("preproc_arg")
_OPERATOR_TEXTS: Final = (
    "+ - * / % ** // == != < > <= >= && || ! & | ^ ~ << >> += -= *= /= %= &= |= ^= <<= >>= ++ -- and or not in is "
    "? ?? === !== => -> .. ..= := &^ instanceof typeof"
)
_OPERATORS: Final = np.array(sorted(map(token_class, _OPERATOR_TEXTS.split())), dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """simhash: 64 bits, near for near token streams; ast: 64-bit hash of the tree's shape; features: a `FEATURES` record."""

    simhash: int
    ast: int
    features: npt.NDArray[np.void]


def content_hash(text: str) -> str:
    r"""128-bit hash of the text up to white space that no language sees, in hexadecimal.

    Line ends become LF, white space before a line end, blank lines and a byte order mark go. Indentation stays: in Python
    it is meaning, and copies that are only indented anew are found by their tokens.

    >>> content_hash("if a:\r\n    b  \r\n\r\n") == content_hash("if a:\n    b")
    True
    >>> content_hash("if a:\n    b\n    c") == content_hash("if a:\n    b\nc")
    False
    """
    lines = "\n".join(filter(None, map(str.rstrip, text.removeprefix("\ufeff").splitlines())))
    return hashlib.blake2b(lines.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def fingerprint(parsed: Parsed, walk: Walk) -> Fingerprint:
    """Fingerprint of a file from its tree.

    Comments and layout never count; neither do commas and semicolons, which formatters add and drop, nor the quotes and the
    white space of a string.
    """
    spoken = (walk.kinds != _SEPARATORS[0]) & (walk.kinds != _SEPARATORS[1])
    kinds, starts, ends = walk.kinds[spoken], walk.starts[spoken], walk.ends[spoken]
    values = hashing.span_hashes(parsed.source, starts, ends)
    blind = hashing.mix(kinds.astype(np.uint64))
    return Fingerprint(
        simhash=hashing.simhash(hashing.shingles(blind, _SIMHASH_SHINGLE)),
        ast=_tree_hash(parsed, walk, blind, starts),
        features=_features(kinds, values),
    )


def encode(features: npt.NDArray[np.void]) -> str:
    """Features as text for a JSON record: base64 of the 948 bytes."""
    return base64.b64encode(features.tobytes()).decode("ascii")


def decode(text: str) -> npt.NDArray[np.void]:
    """The features that `encode` wrote."""
    return np.frombuffer(base64.b64decode(text), dtype=FEATURES)[0]  # type: ignore[no-any-return]


def _features(kinds: npt.NDArray[np.uint32], values: Hashes) -> npt.NDArray[np.void]:
    named = np.flatnonzero(kinds == IDENTIFIER)
    names = values[named]
    exact, local = _anonymous(kinds, values, named, names)
    sets = (
        hashing.shingles(values, _LEXICAL_SHINGLE),
        hashing.shingles(local, _RENAMED_SHINGLE),
        values[hashing.member(kinds, LITERALS)],
        names[kinds[np.minimum(named + 1, max(len(kinds) - 1, 0))] == _CALL],
        names,
    )
    features = np.zeros((), dtype=FEATURES)
    features["tokens_hash"] = hashing.sequence_hash(values)
    features["renamed_hash"] = hashing.sequence_hash(exact)
    features["tokens"] = len(kinds)
    features["sketch"] = hashing.sketches(sets, SKETCH_BINS)
    features["operators"] = _operators(kinds)
    return features


def _anonymous(
    kinds: npt.NDArray[np.uint32], values: Hashes, named: npt.NDArray[np.intp], names: Hashes
) -> tuple[Hashes, Hashes]:
    """Token values with each name told by how many names ago it stood last: equal under any consistent renaming.

    Returns: exact, where the distance is told in full, so that equal sequences are renamings of each other;
    local, where it is capped, so that an edit changes only what stands near it.
    """
    exact = values.copy()
    # The body of a macro is one token full of names that nobody parsed.
    exact[kinds == _MACRO_BODY] = 1
    local = exact.copy()
    distances = hashing.previous_distances(names)
    exact[named] = hashing.mix(distances)
    local[named] = hashing.mix(np.minimum(distances, np.uint64(_NEAR_NAMES + 1)))
    return exact, local


def _operators(kinds: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    places = _OPERATORS.searchsorted(kinds)
    places[places == len(_OPERATORS)] = 0
    found = places[_OPERATORS[places] == kinds]
    return np.minimum(np.bincount(found % OPERATOR_BINS, minlength=OPERATOR_BINS), 255).astype(np.uint8)


def _tree_hash(parsed: Parsed, walk: Walk, blind: Hashes, starts: npt.NDArray[np.uint32]) -> int:
    """Hash of the leaf kinds in order, and of which leaves each function, branch and loop holds.

    The leaves alone would not do: in Python a dedent has no leaf.
    """
    classes = kind_table(parsed.grammar).classes[walk.marks.kinds].astype(np.uint64)
    first = starts.searchsorted(np.array(walk.marks.starts, dtype=np.uint32)).astype(np.uint64)
    last = starts.searchsorted(np.array(walk.marks.ends, dtype=np.uint32)).astype(np.uint64)
    return hashing.sequence_hash(blind) ^ hashing.set_hash(classes, first, last)
