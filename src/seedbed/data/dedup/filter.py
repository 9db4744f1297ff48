"""The last step of the deduplication: apply the decision on each document."""

from __future__ import annotations

import functools
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from datatrove.data import Document

from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter
from seedbed.data.dedup.cluster import short_hash
from seedbed.data.dedup.steps import CONFLICT, DECISIONS, DETAILS, EXACT, KEPT, NEAR
from seedbed.data.filters import fingerprints

if TYPE_CHECKING:
    import numpy.typing as npt

REASONS = {EXACT: "duplicate:exact", NEAR: "duplicate:near", CONFLICT: "license_conflict"}


class DuplicatesFilter(Filter):
    """Keeps one copy of each cluster, and none where a copy's license forbids it; writes `cluster` and `copies`.

    Args: folder: where the steps of the deduplication kept their files; spared: reasons that take no file out, for an ablation.
    """

    name = "duplicates"
    passes = "one copy of each cluster, and none where the license of a copy forbids it"
    columns = (
        *fingerprints.COLUMNS,
        Column(
            "cluster", "string", "", "id of the duplicate cluster it was kept from; null when it has no copies", nullable=True
        ),
        Column("copies", "int32", "files", "files in that cluster, itself included; 1 without copies"),
    )
    reasons = {
        "duplicate:exact": "same content as a file that was kept",
        "duplicate:near": "verified near copy of a file that was kept",
        "license_conflict": "a copy of it elsewhere carries a license that is not on the allow-list",
    }

    def __init__(self, folder: str, spared: Collection[str] = ()) -> None:
        super().__init__()
        self.folder = folder
        self.spared = frozenset(spared)

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document."""
        decision = look_up(self.folder, doc.id)
        doc.metadata |= {"cluster": None, "copies": 1}
        if decision is None:
            return True
        doc.metadata |= {"cluster": f"{int(decision['cluster']):016x}", "copies": int(decision["copies"])}
        if decision["fate"] == KEPT or REASONS[int(decision["fate"])] in self.spared:
            return True
        doc.metadata["detail"] = _detail(self.folder, int(decision["start"]), int(decision["end"]))
        return False, REASONS[int(decision["fate"])]


def look_up(folder: str, identity: str) -> npt.NDArray[np.void] | None:
    """The decision on a file; None when it has no copy."""
    decisions, ids = _decisions(folder)
    key = np.uint64(int(short_hash(identity), 16))
    place = int(ids.searchsorted(key))
    return decisions[place] if place < len(ids) and ids[place] == key else None


@functools.lru_cache(maxsize=1)
def _decisions(folder: str) -> tuple[npt.NDArray[np.void], npt.NDArray[np.uint64]]:
    decisions = np.load(Path(folder) / DECISIONS, mmap_mode="r")
    return decisions, np.ascontiguousarray(decisions["id"])


def _detail(folder: str, start: int, end: int) -> str:
    with (Path(folder) / DETAILS).open("rb") as words:
        words.seek(start)
        return words.read(end - start).decode("utf-8", "surrogatepass")
