"""From verified pairs to clusters, and what becomes of each file in one.

Every file of a cluster was verified against the copy that stands for it. A chain of pairs does not make a cluster: when B is a
copy of A and C of B, but C not of A, then C is kept beside A.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.data.dedup import pairs
from seedbed.data.dedup.pairs import EQUALITIES, WHY
from seedbed.data.dedup.verify import RULES, Member, Rules, member_of, signature_of, table

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from datatrove.data import Document


@dataclass(frozen=True, slots=True)
class Link:
    """Two files that were verified against each other, by their numbers, and the verdict."""

    left: int
    right: int
    verdict: int


@dataclass(frozen=True, slots=True)
class ClusterMember:
    """A file in a cluster: exact copy or near, at what distance, and why."""

    member: Member
    exact: bool
    distance: int
    why: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Files that are copies of one program. `members` are in the order of preference: the first stands for all.

    conflict: the member, or near copy of a member, whose license forbids to keep any of them.
    """

    id: str
    members: tuple[ClusterMember, ...]
    conflict: Member | None

    @property
    def distance(self) -> int:
        """Largest Hamming distance of a member's SimHash to that of the first."""
        return max(placed.distance for placed in self.members)

    @property
    def kept(self) -> Member | None:
        """The copy that is kept; None when the license of another forbids it."""
        return None if self.conflict else self.members[0].member


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A member with the hashes that give its distance: content hash and SimHash (0 without a tree)."""

    member: Member
    content: tuple[int, int]
    simhash: int


def clusters(files: Mapping[int, HashedFile], links: Iterable[Link]) -> list[Cluster]:
    """Clusters of two files or more, at least one of which its license allows to keep; sorted by id.

    Equal files form a class. The most preferred class that stands for nothing yet takes the classes it was verified with,
    and so on; neither the order of files nor that of links has a say.
    """
    links = list(links)
    classes = _classes(files, links)
    neighbours = _neighbours(classes, links)
    order = sorted(set(classes.values()), key=lambda head: files[head].member.preference)
    of_class: dict[int, list[int]] = defaultdict(list)
    for number, head in classes.items():
        of_class[head].append(number)
    taken: set[int] = set()
    made: list[Cluster] = []
    for head in order:
        if head in taken or not files[head].member.allowed:
            continue
        near = {other: verdict for other, verdict in neighbours[head].items() if other not in taken}
        taken.update((head, *near))
        if near or len(of_class[head]) > 1:
            members = [number for kind in (head, *near) for number in of_class[kind]]
            placed = [_place(files, head, number, near.get(classes[number])) for number in members]
            made.append(_cluster(placed, _conflict(files, of_class, neighbours, (head, *near))))
    return sorted(made, key=lambda cluster: cluster.id)


def _classes(files: Mapping[int, HashedFile], links: Sequence[Link]) -> dict[int, int]:
    """Number -> number of the most preferred file that equals it (union-find over equalities)."""
    parent = {number: number for number in files}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for link in links:
        if link.verdict in EQUALITIES:
            low, high = sorted((root(link.left), root(link.right)), key=lambda number: files[number].member.preference)
            parent[high] = low
    return {number: root(number) for number in files}


def _neighbours(classes: Mapping[int, int], links: Sequence[Link]) -> dict[int, dict[int, int]]:
    """Class -> classes it was verified with, and the verdict."""
    neighbours: dict[int, dict[int, int]] = defaultdict(dict)
    for link in links:
        left, right = classes[link.left], classes[link.right]
        if left != right:
            verdict = min(link.verdict, neighbours[left].get(right, link.verdict))
            neighbours[left][right] = neighbours[right][left] = verdict
    return neighbours


def _place(files: Mapping[int, HashedFile], head: int, number: int, verdict: int | None) -> ClusterMember:
    first, file = files[head], files[number]
    if number == head:
        return ClusterMember(file.member, exact=True, distance=0, why="stands for the cluster")
    exact = file.content == first.content
    distance = (file.simhash ^ first.simhash).bit_count() if file.simhash and first.simhash else 0
    why = EQUALITIES[0] if exact else EQUALITIES[1] if verdict is None else verdict
    return ClusterMember(file.member, exact=exact, distance=distance, why=WHY[why])


def _cluster(placed: list[ClusterMember], conflict: Member | None) -> Cluster:
    ordered = sorted(placed, key=lambda copy: copy.member.preference)
    smallest = min(copy.member.id for copy in placed)
    return Cluster(short_hash(smallest), tuple(ordered), conflict)


def _conflict(
    files: Mapping[int, HashedFile],
    of_class: Mapping[int, list[int]],
    neighbours: Mapping[int, Mapping[int, int]],
    heads: Sequence[int],
) -> Member | None:
    """The first file, in the order of ids, with a license that forbids: in the cluster, or verified with a member of it."""
    reach = {near for head in heads for near in (head, *neighbours.get(head, {}))}
    restricted = [files[number].member for head in reach for number in of_class[head] if files[number].member.restricted]
    return min(restricted, key=lambda member: member.id, default=None)


def short_hash(text: str) -> str:
    """64-bit hash of a text, in hexadecimal."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def find_duplicates(documents: Sequence[Document], max_distance: int, rules: Rules = RULES) -> list[Cluster]:
    """Clusters of documents in memory that the filter `Fingerprints` has annotated, sorted by id.

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


def file_of(member: Member, signature: npt.NDArray[np.void]) -> HashedFile:
    """A member beside its signature."""
    high, low = signature["content"].tolist()
    return HashedFile(member, (high, low), int(signature["simhash"]))
