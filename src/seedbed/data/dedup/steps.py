"""Deduplication as datatrove steps. They pass files through a folder; any number of tasks gives the same bytes."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import zstandard
from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter
from seedbed.data.dedup import pairs
from seedbed.data.dedup.cluster import Cluster, clusters, file_of, linked_rows, links_of, short_hash
from seedbed.data.dedup.verify import RULES, SIGNATURE, Member, Rules, member_of, signature_of, table
from seedbed.data.filters import fingerprints

if TYPE_CHECKING:
    import numpy.typing as npt


DUPLICATES = (
    Column("cluster", "string", "", "cluster id: the smallest member id, hashed"),
    Column("id", "string", "", "a member"),
    Column("project", "string", "", "its project"),
    Column("path", "string", "", "its path"),
    Column("swhid", "string", "", "its Software Heritage id"),
    Column("license", "string", "SPDX", "its own effective license", nullable=True),
    Column("kept", "bool", "", "the copy that stands for the cluster"),
    Column(
        "kind",
        "string",
        "",
        "exact or near, against the copy that stands for the cluster; null for that copy itself",
        nullable=True,
    ),
    Column("distance", "int32", "bits", "Hamming distance of the SimHashes to that member"),
    Column(
        "verified_with",
        "string",
        "",
        "id of the copy that stands for the cluster, against which it was verified; null for that copy itself",
        nullable=True,
    ),
    Column("why", "string", "", "the evidence of the verification in words"),
)
"""Columns of the `duplicates` config: one row a member. `rows` writes them."""

KEPT, EXACT, NEAR, CONFLICT = range(4)
"""What becomes of a file that has copies."""

DECISION: Final = np.dtype(
    [("id", "<u8"), ("fate", "u1"), ("cluster", "<u8"), ("copies", "<u4"), ("start", "<u8"), ("end", "<u8")]
)
"""One file with copies. id: 64-bit hash of its id; start, end: bytes of its words in details.txt. Sorted by id."""

SIGNATURES, TABLE, MEMBERS = "signatures", "signatures.npy", "members.jsonl"
PAIRS, DECISIONS, DETAILS = "pairs", "decisions.npy", "details.txt"


class Signatures(PipelineStep):
    """Writes the signature and the member of every document; lets them pass.

    Args: folder: where the deduplication keeps its files.
    """

    name = "Signatures"
    type = "seedbed"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        folder = _made(Path(self.folder) / SIGNATURES)
        signatures: list[npt.NDArray[np.void]] = []
        members: list[bytes] = []
        for document in data or ():
            signatures.append(signature_of(document.metadata))
            members.append(orjson.dumps(dataclasses.asdict(member_of(document.id, document.metadata))))
            yield document
        np.save(folder / f"{rank:05d}.npy", table(signatures))
        (folder / f"{rank:05d}.jsonl").write_bytes(b"".join(line + b"\n" for line in members))


class Gather(PipelineStep):
    """Joins what the tasks of `Signatures` wrote into one table, file by file. One task."""

    name = "Gather"
    type = "seedbed"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = Path(folder)

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        parts = sorted((self.folder / SIGNATURES).glob("*.npy"))
        sizes = [len(np.load(part, mmap_mode="r")) for part in parts]
        shape = {"descr": np.lib.format.dtype_to_descr(SIGNATURE), "fortran_order": False, "shape": (sum(sizes),)}
        with (self.folder / TABLE).open("wb") as joined, (self.folder / MEMBERS).open("wb") as members:
            np.lib.format.write_array_header_1_0(joined, shape)  # written, not mapped: a full disk is an error, not a crash
            for part in parts:
                joined.write(np.load(part).tobytes())
                members.write(part.with_suffix(".jsonl").read_bytes())
        yield from data or ()


class Pairs(PipelineStep):
    """Finds and verifies this task's share of the pairs.

    Args: max_distance: bits in which the SimHashes of near copies may differ.
    """

    name = "Pairs"
    type = "seedbed"

    def __init__(self, folder: str, max_distance: int, rules: Rules = RULES) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.max_distance = max_distance
        self.rules = rules

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        edges = pairs.find(_load(self.folder / TABLE), self.max_distance, self.rules, pairs.WorkShare(rank, world_size))
        self.stat_update("pairs", value=len(edges), unit="task")
        np.save(_made(self.folder / PAIRS) / f"{rank:05d}.npy", edges)
        yield from data or ()


class Clusters(PipelineStep):
    """Makes clusters of the pairs, decides what becomes of each file, and writes the duplicates table. One task.

    Args: duplicates: folder of the duplicates table, as JSON lines.
    """

    name = "Clusters"
    type = "seedbed"

    def __init__(self, folder: str, duplicates: str) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.duplicates = Path(duplicates)

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        made = self._clusters()
        self.stat_update("clusters", value=len(made), unit="task")
        lines = b"".join(orjson.dumps(row) + b"\n" for cluster in made for row in rows(cluster))
        (_made(self.duplicates) / "00000.jsonl.zst").write_bytes(zstandard.compress(lines))
        _write_decisions(self.folder, made)
        yield from data or ()

    def _clusters(self) -> list[Cluster]:
        edges = np.concatenate([np.load(path) for path in sorted((self.folder / PAIRS).glob("*.npy"))])
        signatures = _load(self.folder / TABLE)
        members = _members(self.folder / MEMBERS, set(linked_rows(edges)))
        return clusters({row: file_of(member, signatures[row]) for row, member in members}, links_of(edges))


def rows(cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Rows of the duplicates table."""
    kept, conflict = cluster.kept, cluster.conflict
    first = cluster.members[0].member
    for placed in cluster.members:
        member = placed.member
        is_first = member.id == first.id
        forbidden = f"; none is kept: {conflict.license} in {conflict.id}" if conflict else ""
        yield {
            "cluster": cluster.id,
            "id": member.id,
            "project": member.project,
            "path": member.path,
            "swhid": member.swhid,
            "license": member.license,
            "kept": kept is not None and is_first,
            "kind": None if is_first else "exact" if placed.exact else "near",
            "distance": placed.distance,
            "verified_with": None if is_first else first.id,
            "why": placed.why + forbidden,
        }


def _write_decisions(folder: Path, made: list[Cluster]) -> None:
    """A fixed-size record a file, sorted so that a task can look one up without reading all; words in a file beside."""
    records: list[tuple[int, ...]] = []
    position = 0
    with (folder / DETAILS).open("wb") as details:
        for cluster in made:
            for member, fate, words in _fates(cluster):
                text = words.encode("utf-8", "surrogatepass")
                details.write(text)
                end = position + len(text)
                records.append((int(short_hash(member.id), 16), fate, int(cluster.id, 16), len(cluster.members), position, end))
                position = end
    np.save(folder / DECISIONS, np.array(sorted(records), dtype=DECISION))


def _fates(cluster: Cluster) -> Iterator[tuple[Member, int, str]]:
    first = cluster.members[0].member
    for placed in cluster.members:
        if cluster.conflict:
            yield placed.member, CONFLICT, f"{cluster.conflict.license} in {cluster.conflict.id}"
        elif placed.member.id == first.id:
            yield placed.member, KEPT, ""
        else:
            yield placed.member, EXACT if placed.exact else NEAR, f"{first.id}: {placed.why}"


def _members(path: Path, wanted: set[int]) -> Iterator[tuple[int, Member]]:
    with path.open("rb") as lines:
        for row, line in enumerate(lines):
            if row in wanted:
                yield row, Member(**orjson.loads(line))


def _load(path: Path) -> npt.NDArray[np.void]:
    """A table, mapped: its pages are read when they are wanted, and shared by the tasks of a machine."""
    return np.load(path, mmap_mode="r")  # type: ignore[no-any-return]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


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
