"""All pairs of 64-bit SimHashes within a Hamming distance, found without comparing all with all.

Cut the 64 bits into `b` blocks. Hashes that differ in at most `d` bits agree in at least `b - d` blocks. So each choice of
`b - d` blocks makes a table, files are sorted by those bits, and only neighbours with equal bits are compared: nothing
within the distance is missed. Source: Manku, Jain, Das Sarma, "Detecting Near-Duplicates for Web Crawling", WWW 2007.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Hashes = npt.NDArray[np.uint64]
    Rows = npt.NDArray[np.int64]

_BITS: Final = 64
CHUNK: Final = 1 << 18
"""Pairs that are held at once."""
_FEW, _MANY = 20_000, 500_000
"""Up to the first number of hashes one block is a table's key, up to the second two, beyond three."""


@dataclass(frozen=True, slots=True)
class Table:
    """One choice of blocks: the mask of its bits, and the masks of the blocks before the last chosen that are not in it.

    A pair found in several tables belongs to the one of the first blocks that agree: none of `skipped` may agree.
    """

    mask: int
    skipped: tuple[int, ...]


def tables(count: int, max_distance: int) -> list[Table]:
    """The tables for `count` hashes; together they find every pair within the distance, each once. A negative one: none."""
    if max_distance < 0:
        return []
    chosen = 1 if count <= _FEW else 2 if count <= _MANY else 3
    blocks = _blocks(max_distance + chosen)
    return [
        Table(sum(blocks[i] for i in key), tuple(blocks[i] for i in range(key[-1]) if i not in key))
        for key in combinations(range(len(blocks)), chosen)
    ]


def pairs_in(hashes: Hashes, table: Table, max_distance: int, *, chunk: int = CHUNK) -> Iterator[tuple[Rows, Rows]]:
    """Pairs of places that this table finds, in chunks.

    Args: chunk: pairs that are held at once; one place's own may be more.
    Shape: hashes [n] -> left [m], right [m] places with left < right.
    """
    keys = hashes & np.uint64(table.mask)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    ends = ordered.searchsorted(ordered, side="right")
    for left, right in _neighbours(ends, chunk):
        ours, theirs = order[left], order[right]
        difference = hashes[ours] ^ hashes[theirs]
        near = np.bitwise_count(difference) <= max_distance
        for block in table.skipped:
            near &= (difference & np.uint64(block)) != 0
        ours, theirs = ours[near], theirs[near]
        if len(ours):
            yield np.minimum(ours, theirs), np.maximum(ours, theirs)


def _neighbours(ends: Rows, chunk: int) -> Iterator[tuple[Rows, Rows]]:
    """Every pair of places in the same run of equal keys, in chunks: place i is paired with i + 1 ... ends[i] - 1."""
    followers = ends - np.arange(1, len(ends) + 1)
    totals = np.concatenate(([0], np.cumsum(followers)))
    first = 0
    while first < len(ends):
        last = max(first + 1, int(totals.searchsorted(totals[first] + chunk, side="right")) - 1)
        counts = followers[first:last]
        left = np.repeat(np.arange(first, last), counts)
        if len(left):
            yield left, left + 1 + (np.arange(len(left)) - np.repeat(totals[first:last] - totals[first], counts))
        first = last


def _blocks(count: int) -> Sequence[int]:
    """Masks that cut 64 bits into `count` blocks of nearly equal width."""
    edges = [round(place * _BITS / count) for place in range(count + 1)]
    return [((1 << (high - low)) - 1) << low for low, high in pairwise(edges)]
