"""Verified pairs among signatures: equal content, equal tokens, and near duplicates. Each part can be found by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from seedbed.data.dedup import propose, verify

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.data.dedup.verify import Rules

    Edges = npt.NDArray[np.void]
    Rows = npt.NDArray[np.int64]

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
    work = [(ours, keys) for ours in _groups(rows, languages) for keys in propose.tables(len(ours), max_distance)]
    for ours, keys in work[part.number :: part.of]:
        hashes = np.ascontiguousarray(table["simhash"][ours])
        for left, right in propose.pairs_in(hashes, keys, max_distance):
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
