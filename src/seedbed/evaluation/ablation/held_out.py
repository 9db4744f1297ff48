"""Files that no side has seen: those of test projects, without copies of any file that a side trains on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from seedbed.data.dedup import pairs
from seedbed.data.dedup.signature import signature_of, table
from seedbed.data.dedup.verify import RULES

Kind = Literal["exact", "near"]
EXACT: Final[Kind] = "exact"
NEAR: Final[Kind] = "near"
Row = Mapping[str, Any]


def copies(held_out: Sequence[Row], training: Iterable[Row], max_distance: int) -> dict[str, Kind]:
    """Which held-out files are copies of files that are trained on, by id.

    The rules are those of the deduplication, taken strictly: a file goes when a chain of verified pairs leads from it to one
    that is trained on.
    Args: rows as the pipeline kept them, with fingerprints; max_distance: bits, as `near_duplicates.max_distance` of a recipe.
    """
    ours = len(held_out)
    signatures = table(signature_of(row) for rows in (held_out, training) for row in rows)
    edges = pairs.find(signatures, max_distance, RULES)
    equal = edges[np.isin(edges["verdict"], pairs.EQUALITIES)]
    exact, near = (_reached(some, len(signatures), ours) for some in (equal, edges))
    return {str(row["id"]): EXACT if exact[number] else NEAR for number, row in enumerate(held_out) if near[number]}


def _reached(edges: npt.NDArray[np.void], count: int, ours: int) -> npt.NDArray[np.bool_]:
    """Which of `count` files are joined, by any number of pairs, to one that is not among the first `ours`."""
    reached = np.arange(count) >= ours
    left, right = edges["left"].astype(np.int64), edges["right"].astype(np.int64)
    while (new := reached[left] != reached[right]).any():
        reached[left[new]] = reached[right[new]] = True
    return reached
