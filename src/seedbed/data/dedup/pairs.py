"""Pairs of exact and near copies: proposed by SimHash distance, accepted by verification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from seedbed.data.dedup import verify

if TYPE_CHECKING:
    import numpy.typing as npt

    Hashes = npt.NDArray[np.uint64]
    Rows = npt.NDArray[np.int64]
    from seedbed.data.dedup.verify import Rules

    Edges = npt.NDArray[np.void]


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


EQUAL_CONTENT: Final = 5
"""Verdict of a pair whose content is equal, beside those of `verify`."""
WHY: Final = (*verify.WHY, "equal content, white space at line ends and blank lines aside")
EQUALITIES: Final = (EQUAL_CONTENT, verify.SAME_TOKENS)
"""Verdicts that are transitive: copies of equal files are equal."""

EDGE: Final = np.dtype([("left", "<u8"), ("right", "<u8"), ("verdict", "u1")])
"""A verified pair: the rows of its files in the table of signatures."""

_PORTION: Final = 1 << 14
"""Pairs that are verified at once."""


@dataclass(frozen=True, slots=True)
class WorkShare:
    """The part of the work that one of several workers does: `number` from 0, of `of` workers."""

    number: int = 0
    of: int = 1

    def takes(self, number: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Whether this worker does the work with this number."""
        return np.asarray(number % self.of == self.number)


ALL: Final = WorkShare()


def find(table: npt.NDArray[np.void], max_distance: int, rules: Rules, part: WorkShare = ALL) -> Edges:
    """Verified pairs of the table, or the part of them that one of several workers does.

    Equal files are paired with one of their kind only; near pairs are looked for between one file of each kind.
    Args: table: `SIGNATURE` records; max_distance: bits, below 0 to leave near pairs aside;
    part: together the parts of all workers give what one worker gives.
    """
    edges = [_equal(_content_keys(table), EQUAL_CONTENT, part)]
    parsed = np.flatnonzero(table["parsed"])
    keys = _token_keys(table[parsed])
    same = _equal(keys, verify.SAME_TOKENS, part)
    same["left"], same["right"] = parsed[same["left"]], parsed[same["right"]]
    edges.append(same)
    kinds = parsed[np.sort(np.unique(keys, return_index=True)[1])]
    if max_distance >= 0:
        edges.extend(_near(table, kinds, max_distance, rules, part))
    return np.concatenate(edges)


def _content_keys(table: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    return np.ascontiguousarray(table["content"]).view([("high", "<u8"), ("low", "<u8")]).ravel()


def _token_keys(table: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """What files with equal tokens part. The tree is part of it: in Python, indentation alone can change a program."""
    keys = np.empty(len(table), dtype=[("tokens", "<u8"), ("ast", "<u8"), ("language", "<u4")])
    keys["tokens"], keys["ast"], keys["language"] = table["features"]["tokens_hash"], table["ast"], table["language"]
    return keys


def _equal(keys: npt.NDArray[np.void], verdict: int, part: WorkShare) -> Edges:
    """Each file with the first of those that have its key."""
    _, first, kind = np.unique(keys, return_index=True, return_inverse=True)
    heads = first[kind]
    rows = np.flatnonzero(heads != np.arange(len(keys)))
    rows = rows[part.takes(heads[rows])]
    edges = np.zeros(len(rows), dtype=EDGE)
    edges["left"], edges["right"], edges["verdict"] = heads[rows], rows, verdict
    return edges


def _near(table: npt.NDArray[np.void], rows: Rows, max_distance: int, rules: Rules, part: WorkShare) -> Iterator[Edges]:
    languages = table["language"][rows]
    work = [(ours, keys) for ours in _groups(rows, languages) for keys in tables(len(ours), max_distance)]
    for ours, keys in work[part.number :: part.of]:
        hashes = np.ascontiguousarray(table["simhash"][ours])
        for left, right in pairs_in(hashes, keys, max_distance):
            yield _verified(table, ours[left], ours[right], rules)


def _groups(rows: Rows, languages: npt.NDArray[np.uint32]) -> list[Rows]:
    return [rows[languages == language] for language in np.unique(languages)]


def _verified(table: npt.NDArray[np.void], left: Rows, right: Rows, rules: Rules) -> Edges:
    """The pairs that verification accepts, compared in portions: a record has a kilobyte."""
    tokens = table["features"]["tokens"]
    close = verify.comparable(tokens[left], tokens[right])
    left, right = left[close], right[close]
    parts = [np.zeros(0, dtype=EDGE)]
    for start in range(0, len(left), _PORTION):
        ours, theirs = table[left[start : start + _PORTION]], table[right[start : start + _PORTION]]
        verdicts = verify.verify(ours["features"], theirs["features"], ours["ast"] == theirs["ast"], rules)
        accepted = np.flatnonzero(verdicts != verify.DIFFERENT)
        edges = np.zeros(len(accepted), dtype=EDGE)
        edges["left"], edges["right"] = left[start + accepted], right[start + accepted]
        edges["verdict"] = verdicts[accepted]
        parts.append(edges)
    return np.concatenate(parts)
