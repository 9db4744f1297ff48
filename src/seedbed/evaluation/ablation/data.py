"""The data of an ablation: held-out files without copies of what is trained on, and each side as a dataset folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.core.manifests.ablation import Arm, HeldOutFacts
from seedbed.evaluation.ablation.held_out import EXACT, NEAR, copies
from seedbed.evaluation.ablation.job import AblationJob
from seedbed.evaluation.ablation.variants import Row, Side, write_folder


@dataclass(frozen=True, slots=True)
class WrittenSide:
    """A side as a dataset folder: its name in the work folder, its files, the hash of all that is there."""

    name: str
    arm: Arm
    folder: Path
    sha256: str


def held_out_files(job: AblationJob, kept: Side, without: Side) -> tuple[HeldOutFacts, Path]:
    """The files that both sides are judged on, and the dataset folder that holds them."""
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
