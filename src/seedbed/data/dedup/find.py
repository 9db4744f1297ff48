"""Duplicates among documents in memory: the same functions as the stages, without the files between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seedbed.data.dedup import pairs
from seedbed.data.dedup.cluster import Cluster, File, Link, clusters
from seedbed.data.dedup.signature import member_of, signature_of, table
from seedbed.data.dedup.verify import RULES, Rules

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from datatrove.data import Document


def find_duplicates(documents: Sequence[Document], max_distance: int, rules: Rules = RULES) -> list[Cluster]:
    """Clusters of documents that the block `Fingerprints` has seen, sorted by id.

    Args: max_distance: bits in which the SimHashes of near copies may differ.
    """
    signatures = table(signature_of(document.metadata) for document in documents)
    edges = pairs.find(signatures, max_distance, rules)
    members = {row: member_of(documents[row].id, documents[row].metadata) for row in linked_rows(edges)}
    return clusters({row: file_of(member, signatures[row]) for row, member in members.items()}, links_of(edges))


def linked_rows(edges: npt.NDArray[np.void]) -> list[int]:
    """Rows that have a copy."""
    return sorted({*edges["left"].tolist(), *edges["right"].tolist()})


def links_of(edges: npt.NDArray[np.void]) -> list[Link]:
    """Edges as links."""
    return [Link(*edge) for edge in edges.tolist()]


def file_of(member: Member, signature: npt.NDArray[np.void]) -> File:
    """A member beside its signature."""
    high, low = signature["content"].tolist()
    return File(member, (high, low), int(signature["simhash"]))


if TYPE_CHECKING:
    from seedbed.data.dedup.signature import Member
