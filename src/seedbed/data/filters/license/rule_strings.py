"""The exact matcher on arrays: which rules stand word for word in a text.

Scancode's Aho-Corasick automaton has a node for each of six million words and takes seconds to load. Here a rule is two hashes:
of its first and of its last p words, where p is the greatest power of two within its length, so that both together cover it. A
text's hashes are looked up in sorted arrays, and every hit is compared word by word. The matches and their order are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

_ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(29)
_PLACES_AT_ONCE = 4_096
"""Places of a text that are looked up together; some prefixes are those of hundreds of rules."""

Hashes = NDArray[np.uint64]


def window_hashes(words: NDArray[np.uint64], level: int) -> Iterator[Hashes]:
    """Hashes of the runs of 1, 2, 4 ... 2**level words that begin at each place of a text.

    Shape: words [n] -> levels of [n - 2**level + 1], as long as the text has so many words.
    """
    hashes = _mixed(words + np.uint64(1), _ODD[0])
    yield hashes
    for power in range(level):
        width = 1 << power
        if len(hashes) <= width:
            return
        hashes = _mixed(hashes[:-width] + _mixed(hashes[width:], _ODD[1]), _ODD[0])
        yield hashes


def _mixed(values: Hashes, factor: np.uint64) -> Hashes:
    values = values * factor
    return values ^ (values >> _SHIFT)


@dataclass(frozen=True, slots=True)
class RuleStrings:
    """All rules by level, the base-two logarithm of the words hashed, and within it by the hash of their first words.

    Shape: `heads`, `tails`, `lengths`, `rules` have one entry a rule; those of a level are `starts[level]:starts[level + 1]`.
    words_of: word ids of a rule.
    """

    heads: Hashes
    tails: Hashes
    lengths: NDArray[np.int32]
    rules: NDArray[np.int32]
    starts: NDArray[np.int64]
    words_of: Callable[[int], Sequence[int]]

    def iter(self, words: Sequence[int]) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
        """As `ahocorasick.Automaton.iter`: place of the last word, and `[(rule, 0, its last word)]`.

        Of the rules that end at one place the longest comes first.
        """
        text = np.array(words, np.int64).astype(np.uint64)
        levels = window_hashes(text, len(self.starts) - 2) if len(words) and len(self.starts) > 1 else iter(())
        hits = [
            (place + length, -length, rule)
            for level, hashes in enumerate(levels)
            for place, length, rule in self._at_level(level, hashes)
            if list(words[place : place + length]) == list(self.words_of(rule))
        ]
        for end, length, rule in sorted(hits):
            yield end - 1, [(rule, 0, -length - 1)]

    def _at_level(self, level: int, hashes: Hashes) -> Iterator[tuple[int, int, int]]:
        """Place, length and rule of each pair of hashes that stands in the text."""
        first, last = self.starts[level], self.starts[level + 1]
        heads = self.heads[first:last]
        left = np.searchsorted(heads, hashes, "left")
        places = np.flatnonzero(heads.take(left, mode="clip") == hashes) if len(heads) else np.empty(0, np.int64)
        for start in range(0, len(places), _PLACES_AT_ONCE):
            some = places[start : start + _PLACES_AT_ONCE]
            lows = left[some]
            counts = np.searchsorted(heads, hashes[some], "right") - lows
            at = np.repeat(some, counts)
            rows = first + np.repeat(lows - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
            ends = at + self.lengths[rows] - (1 << level)
            inside = ends < len(hashes)
            at, rows, ends = at[inside], rows[inside], ends[inside]
            same = hashes[ends] == self.tails[rows]
            yield from zip(at[same].tolist(), self.lengths[rows[same]].tolist(), self.rules[rows[same]].tolist(), strict=True)


def rule_strings(words: Sequence[Sequence[int]]) -> RuleStrings:
    """The arrays for rules by id. Of rules with the same words the last counts, as in scancode's automaton."""
    last_of = {tuple(each): rule for rule, each in enumerate(words) if len(each)}
    rows = sorted((len(each).bit_length() - 1, *_ends(each), len(each), rule) for each, rule in last_of.items())
    top = max((row[0] for row in rows), default=-1)
    by_level = {level: len(list(group)) for level, group in groupby(rows, key=lambda row: row[0])}
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return RuleStrings(
        heads=np.array(columns[1], np.uint64),
        tails=np.array(columns[2], np.uint64),
        lengths=np.array(columns[3], np.int32),
        rules=np.array(columns[4], np.int32),
        starts=np.cumsum([0, *(by_level.get(level, 0) for level in range(top + 1))], dtype=np.int64),
        words_of=words.__getitem__,
    )


def _ends(words: Sequence[int]) -> tuple[int, int]:
    """Hashes of the first and of the last p words."""
    level = len(words).bit_length() - 1
    *_, hashes = window_hashes(np.array(words, np.int64).astype(np.uint64), level)
    return int(hashes[0]), int(hashes[-1])
