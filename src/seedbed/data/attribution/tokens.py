"""Tokens of a source by its bytes alone, and how far two texts agree around a place."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from seedbed.core.syntax import IDENTIFIER, hashing, named, parse, walk
from seedbed.core.syntax.tree import nodes_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from seedbed.core.syntax import Parsed
    from seedbed.core.syntax.hashing import Hashes


NAME_MARK: Final = 1
"""Byte before a chosen name in a stripped text; no token."""
_WORD, _SIGN, _NOTHING = 2, 1, 0
_WORD_BYTES: Final = re.compile(rb"[A-Za-z0-9_$\x80-\xff]")
_NO_SIGN: Final = b"'\"`,;\\"


def _byte_kinds() -> npt.NDArray[np.uint8]:
    kinds = np.zeros(256, dtype=np.uint8)
    for byte in range(33, 256):
        letter = bytes([byte])
        kinds[byte] = _WORD if _WORD_BYTES.match(letter) else _NOTHING if letter in _NO_SIGN or byte == 127 else _SIGN
    return kinds


_KINDS: Final = _byte_kinds()


@dataclass(frozen=True)
class Tokens:
    """Tokens of a text.

    source: the bytes that starts and ends [n] point into; values: 64-bit hashes [n]; named: which are chosen names [n].
    """

    source: bytes
    starts: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.uint32]
    values: Hashes
    named: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.values)

    def within(self, start: int, end: int) -> Tokens:
        """The tokens that lie wholly in these bytes."""
        first = int(np.searchsorted(self.starts, start))
        last = max(first, int(np.searchsorted(self.ends, end, side="right")))
        part = slice(first, last)
        return Tokens(self.source, self.starts[part], self.ends[part], self.values[part], self.named[part])

    @cached_property
    def distance(self) -> npt.NDArray[np.intp]:
        """For each name the distance in tokens to its last occurrence; 0 for a new name and for other tokens. Shape: [n]."""
        distance = np.zeros(len(self), dtype=np.intp)
        places = np.flatnonzero(self.named)
        order = places[np.lexsort((places, self.values[places]))]
        again = self.values[order[1:]] == self.values[order[:-1]]
        distance[order[1:][again]] = (order[1:] - order[:-1])[again]
        return distance

    def line_of(self, place: int) -> int:
        """Line of a token, from 1."""
        return self.source.count(b"\n", 0, int(self.starts[place])) + 1

    def word(self, place: int) -> bytes:
        """The bytes of one token."""
        return self.source[self.starts[place] : self.ends[place]]


def tokens_of(text: str, language: str, span: tuple[int, int] | None = None) -> Tokens:
    """Tokens of a source, complete or not; offsets are those of its UTF-8 bytes.

    Args: span: only the tokens that lie wholly in these bytes.
    """
    parsed = _parse(text, language)
    plain = _plain(text, parsed, span)
    start, end = span or (0, len(plain))
    names = [node.start_byte for node in nodes_of(parsed, _sorted(parsed.grammar.leaves.identifiers), span)] if parsed else []
    first = max(0, start - 1)  # with a byte on either side, a word that is cut shows
    starts, ends = (places + np.uint32(first) for places in _spans(plain[first : end + 1]))
    tokens = Tokens(plain, starts, ends, hashing.span_hashes(plain, starts, ends), np.isin(starts, names))
    return tokens.within(start, end)


def stripped(text: str, language: str) -> bytes:
    """A source as the index stores it: the same tokens on the same lines, names marked, everything else removed."""
    parsed = _parse(text, language)
    plain, names = _plain(text, parsed), np.zeros(0, dtype=np.intp)
    if parsed is not None:
        walked = walk(parsed)
        names = walked.starts[walked.kinds == IDENTIFIER].astype(np.intp)
        starts, _ = _spans(plain)
        names = names[np.isin(names, starts)]  # a parser may see a name in the middle of what is one word here
    marked = np.insert(np.frombuffer(plain, dtype=np.uint8), names, NAME_MARK).tobytes()
    blank = marked.translate(_SEPARATORS)
    return _NEEDLESS.sub(b"", _BLANKS.sub(b" ", blank))


_SEPARATORS: Final = bytes(
    byte if _KINDS[byte] or byte in {NAME_MARK, 10} else 32  # line ends stay, for the numbers of the lines
    for byte in range(256)
)
_BLANKS: Final = re.compile(rb" +")
_NEEDLESS: Final = re.compile(rb"(?<![A-Za-z0-9_$\x80-\xff]) | (?![A-Za-z0-9_$\x80-\xff])")


def tokens_of_stripped(data: bytes) -> Tokens:
    """Tokens of a text that `stripped` returned."""
    starts, ends = _spans(data)
    marks = np.frombuffer(data, dtype=np.uint8).take(starts.astype(np.intp) - 1, mode="clip") == NAME_MARK
    return Tokens(data, starts, ends, hashing.span_hashes(data, starts, ends), marks)


def _parse(text: str, language: str) -> Parsed | None:
    """The tree of a text, which may end inside a comment."""
    return parse(named(language).with_comment_closed(text), language)


@functools.cache
def _sorted(kinds: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(kinds))


def _plain(text: str, parsed: Parsed | None, span: tuple[int, int] | None = None) -> bytes:
    """The bytes of a text with blanks for its comments, those that reach into a span at least."""
    source = text.encode("utf-8", "surrogatepass")
    plain = np.frombuffer(source, dtype=np.uint8).copy()
    plain[plain == NAME_MARK] = ord(" ")
    for node in nodes_of(parsed, _sorted(parsed.grammar.leaves.comments), span) if parsed else ():
        part = plain[node.start_byte : node.end_byte]
        part[part != ord("\n")] = ord(" ")
    return plain.tobytes()


def _spans(source: bytes) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Starts and ends of the tokens: runs of word bytes, and signs one by one."""
    kinds = _KINDS.take(np.frombuffer(source, dtype=np.uint8))
    before = np.concatenate([[_NOTHING], kinds[:-1]]) if len(kinds) else kinds
    behind = np.concatenate([kinds[1:], [_NOTHING]]) if len(kinds) else kinds
    starts = np.flatnonzero((kinds == _SIGN) | ((kinds == _WORD) & (before != _WORD)))
    ends = np.flatnonzero((kinds == _SIGN) | ((kinds == _WORD) & (behind != _WORD))) + 1
    return starts.astype(np.uint32), ends.astype(np.uint32)


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` to `end` of one text that agree with as many from `other` on in another."""

    start: int
    end: int
    other: int

    @property
    def tokens(self) -> int:
        """How many."""
        return self.end - self.start


def exact_span(ours: Tokens, place: int, theirs: Tokens, other: int) -> Span:
    """The longest span around two places in which the words are the same. Empty where a hash lied."""
    left = _agreeing(ours.values[:place][::-1], theirs.values[:other][::-1])
    right = _agreeing(ours.values[place:], theirs.values[other:])
    span = Span(place - left, place + right, other - left)
    same = all(ours.word(span.start + i) == theirs.word(span.other + i) for i in range(span.tokens))
    return span if same else Span(place, place, other)


def _agreeing(left: Hashes, right: Hashes) -> int:
    """Number of equal values at the start of both."""
    count = min(len(left), len(right))
    different = np.flatnonzero(left[:count] != right[:count])
    return int(different[0]) if len(different) else count


def renamed_span(ours: Tokens, place: int, theirs: Tokens, other: int) -> Span:
    """A span around two places in which each name of one stands for one name of the other, and all else is the same.

    It is grown to the right first, then to the left under the names that were met.
    """
    names: dict[bytes, bytes] = {}
    back: dict[bytes, bytes] = {}
    right = _paired(ours, range(place, len(ours)), theirs, range(other, len(theirs)), (names, back))
    left = _paired(ours, range(place - 1, -1, -1), theirs, range(other - 1, -1, -1), (names, back))
    return Span(place - left, place + right, other - left)


def _paired(
    ours: Tokens, mine: Iterable[int], theirs: Tokens, other: Iterable[int], names: tuple[dict[bytes, bytes], dict[bytes, bytes]]
) -> int:
    """Number of tokens in a row that agree; pairs of names are added to `names`."""
    count = 0
    for our_place, their_place in zip(mine, other, strict=False):
        a, b = ours.word(our_place), theirs.word(their_place)
        if ours.named[our_place] and theirs.named[their_place]:
            if names[0].setdefault(a, b) != b or names[1].setdefault(b, a) != a:
                return count
        elif a != b:
            return count
        count += 1
    return count


def exact_places(ours: Tokens, place: int, run: int, theirs: Tokens) -> npt.NDArray[np.intp]:
    """Where a run of ours stands in another text."""
    places = np.arange(max(0, len(theirs) - run + 1))
    for step in range(run):
        places = places[theirs.values[places + step] == ours.values[place + step]]
    return places


def renamed_places(ours: Tokens, place: int, run: int, theirs: Tokens) -> npt.NDArray[np.intp]:
    """Where a run of ours stands in another text up to names: each as many tokens after its like, or new in the run, in both."""
    places = np.arange(max(0, len(theirs) - run + 1))
    for step in sorted(range(run), key=lambda step: bool(ours.named[place + step])):  # tokens that are not names leave fewest
        if not ours.named[place + step]:
            places = places[theirs.values[places + step] == ours.values[place + step]]
            continue
        places = places[theirs.named[places + step]]
        distance, mine = theirs.distance[places + step], int(ours.distance[place + step])
        places = places[distance == mine if 0 < mine <= step else (distance == 0) | (distance > step)]
    return places
