"""The two variants of an ablation, and the held-out files that neither contains copies of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from seedbed.core.config.recipe import Split, Splits
from seedbed.core.errors import InputError
from seedbed.core.io.files import new_folder
from seedbed.core.manifests.ablation import Arm, HeldOutFacts
from seedbed.data.dataset import stage_outputs
from seedbed.data.dataset.tables import split_of
from seedbed.data.dedup import pairs
from seedbed.data.dedup.verify import RULES, signature_of, table
from seedbed.evaluation.ablation.job import AblationJob

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


COLUMNS: Final = ("id", "project", "path", "language", "text")
"""What training and judging take of a file."""
_ROW_GROUP_ROWS: Final = 256
_SCHEMA: Final = pa.schema([(name, pa.string()) for name in COLUMNS])
_HASH: Final = "sha256"


@dataclass(frozen=True, slots=True)
class Side:
    """Where a run of the pipeline kept its files, and by what rule they are split."""

    kept: Path
    splits: Splits

    def rows(self, split: Split) -> Iterator[Row]:
        """Files of a split, with all that the pipeline wrote of them. Projects go by their names, so every side agrees."""
        for record in stage_outputs.read(self.kept):
            row = {**record["metadata"], "id": record["id"], "text": record["text"]}
            if split_of(str(row["project"]), self.splits) == split:
                yield row


def write_folder(folder: Path, splits: Mapping[str, Iterable[Row]]) -> str:
    """Write a dataset folder, whole or not at all.

    Returns: SHA-256 of all that is in it, hexadecimal.
    """
    total = hashlib.sha256()
    with new_folder(folder) as draft:
        for split, rows in sorted(splits.items()):
            ordered = sorted(({name: str(row.get(name) or "") for name in COLUMNS} for row in rows), key=lambda row: row["id"])
            for row in ordered:
                total.update("\0".join((split, *row.values(), "")).encode("utf-8", "surrogatepass"))
            _write(ordered, draft / "data" / "all" / f"{split}-00000-of-00001.parquet")
        (draft / _HASH).write_text(total.hexdigest(), encoding="utf-8")
    return total.hexdigest()


def _write(rows: list[dict[str, str]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        for start in range(0, len(rows), _ROW_GROUP_ROWS):
            writer.write_table(pa.Table.from_pylist(rows[start : start + _ROW_GROUP_ROWS], schema=_SCHEMA))


@dataclass(frozen=True, slots=True)
class WrittenSide:
    """A side as a dataset folder: its name in the work folder, its files, the hash of all that is there."""

    name: str
    arm: Arm
    folder: Path
    sha256: str


def held_out_files(job: AblationJob, kept: Side, without: Side) -> tuple[HeldOutFacts, Path]:
    """The files that both sides are judged on, and the dataset folder that holds them.

    Raises: InputError when no file is left to judge on.
    """
    rows = list(kept.rows("test"))
    distance = job.data.recipe.near_duplicates.max_distance
    removed = copies(rows, chain(kept.rows("train"), without.rows("train")), distance)
    remaining = [row for row in rows if row["id"] not in removed]
    if not remaining:
        raise InputError(f"{job.plan.data}: no file to judge on: {len(rows)} in the test split, {len(removed)} of them copies.")
    folder = job.work / "held-out" / job.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_folder(folder, {"test": remaining})
    languages = sorted({str(row["language"]) for row in remaining})
    facts = HeldOutFacts(
        files=len(remaining),
        bytes=sum(map(text_bytes, remaining)),
        projects=len({row["project"] for row in remaining}),
        languages={name: sum(row["language"] == name for row in remaining) for name in languages},
        removed={kind: sum(reason == kind for reason in removed.values()) for kind in (EXACT, NEAR)},
    )
    return facts, folder


def write_sides(job: AblationJob, kept: Side, without: Side) -> tuple[WrittenSide, WrittenSide]:
    """Both sides as dataset folders; validation and test files are the filtered ones on both.

    Raises: InputError when the filter takes no training file out.
    """
    first = write_side(job, "all-filters", "all filters", kept.rows("train"), kept)
    second = write_side(job, f"without-{job.name}", job.other, without.rows("train"), kept)
    if first.sha256 == second.sha256:
        raise InputError(f"FILTER {job.name}: takes no training file out of {job.plan.data}. Allowed: a filter that does.")
    return first, second


def write_side(job: AblationJob, name: str, title: str, rows: Iterable[Row], shared: Side) -> WrittenSide:
    """One side as a dataset folder."""
    training = list(rows)
    folder = job.work / "datasets" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    sha256 = write_folder(folder, {"train": training, "validation": shared.rows("validation"), "test": shared.rows("test")})
    projects = len({row["project"] for row in training})
    arm = Arm(name=title, files=len(training), bytes=sum(map(text_bytes, training)), projects=projects, tokens=0)
    return WrittenSide(name, arm, folder, sha256)


def text_bytes(row: Row) -> int:
    """Bytes of a row's text."""
    return len(str(row["text"]).encode("utf-8", "surrogatepass"))
