"""The data of an ablation: held-out files without copies of what is trained on, and both sides as tokens of one tokenizer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from seedbed.core.config.training import DatasetChoice, TrainRecipe
from seedbed.core.errors import InputError
from seedbed.core.manifests.ablation import Arm, HeldOutFacts
from seedbed.core.runs.job import Job
from seedbed.evaluation.ablation import held_out as copying
from seedbed.evaluation.ablation import runs
from seedbed.evaluation.ablation.recipe import AblationRecipe
from seedbed.evaluation.ablation.report import ALL
from seedbed.evaluation.ablation.variants import Row, Side, write_folder
from seedbed.models.tokens.job import TokenJob
from seedbed.models.tokens.manifest import TRAIN, DatasetFacts

from . import tokenize

KEPT = "all-filters"


@dataclass(frozen=True, slots=True)
class Ablating:
    """One ablation: what is left out, the plan and its file, how many seeds, the data's job, the model's recipe."""

    name: str
    plan: AblationRecipe
    path: Path
    seeds: tuple[int, ...]
    data: Job
    train: TrainRecipe

    @property
    def work(self) -> Path:
        """Folder of what ablations share; relative, as it enters keys."""
        return Path(os.path.relpath(self.data.build)) / "ablations" / "work"

    @property
    def out(self) -> Path:
        """Folder of the report."""
        return self.work.parent / self.name

    @property
    def other(self) -> str:
        """What the side without the filter is called."""
        return "raw input" if self.name == ALL else f"without {self.name}"


@dataclass(frozen=True, slots=True)
class Built:
    """One side, ready to train on."""

    arm: Arm
    tokens: Path
    recipe: TrainRecipe


@dataclass(frozen=True, slots=True)
class Written:
    """A side as a dataset folder: its name in the work folder, its files, the hash of all that is there."""

    name: str
    arm: Arm
    folder: Path
    sha256: str


def held_out(job: Ablating, kept: Side, without: Side) -> tuple[HeldOutFacts, Path]:
    """The files that both sides are judged on, and the dataset folder that holds them."""
    rows = list(kept.rows("test"))
    distance = job.data.recipe.near_duplicates.max_distance
    gone = copying.copies(rows, chain(kept.rows("train"), without.rows("train")), distance)
    left = [row for row in rows if row["id"] not in gone]
    if not left:
        raise InputError(f"{job.plan.data}: no file to judge on: {len(rows)} in the test split, {len(gone)} of them copies.")
    folder = job.work / "held-out" / job.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_folder(folder, {"test": left})
    languages = sorted({str(row["language"]) for row in left})
    told = HeldOutFacts(
        files=len(left),
        bytes=sum(map(size, left)),
        projects=len({row["project"] for row in left}),
        languages={name: sum(row["language"] == name for row in left) for name in languages},
        removed={kind: sum(one == kind for one in gone.values()) for kind in (copying.EXACT, copying.NEAR)},
    )
    return told, folder


def build(job: Ablating, kept: Side, without: Side) -> tuple[Built, Built]:
    """Both sides as tokens, by one tokenizer; validation and test files are the filtered ones on both.

    Raises: InputError when the filter takes no training file out.
    """
    first = write(job, KEPT, "all filters", kept.rows("train"), kept)
    second = write(job, f"without-{job.name}", job.other, without.rows("train"), kept)
    if first.sha256 == second.sha256:
        raise InputError(f"FILTER {job.name}: takes no training file out of {job.plan.data}. Allowed: a filter that does.")
    tokens = tokenized(job, first, None)
    return tokens, tokenized(job, second, tokens.tokens / runs.TOKENIZER)


def write(job: Ablating, name: str, title: str, rows: Iterable[Row], shared: Side) -> Written:
    """One side as a dataset folder."""
    training = list(rows)
    folder = job.work / "datasets" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    sha256 = write_folder(folder, {"train": training, "validation": shared.rows("validation"), "test": shared.rows("test")})
    projects = len({row["project"] for row in training})
    arm = Arm(name=title, files=len(training), bytes=sum(map(size, training)), projects=projects, tokens=0)
    return Written(name, arm, folder, sha256)


def tokenized(job: Ablating, side: Written, tokenizer: Path | None) -> Built:
    """One side as tokens; a tokenizer is trained on it where none is given."""
    choice = DatasetChoice(path=side.folder.as_posix())
    recipe = job.train.model_copy(update={"name": f"{job.train.name}-{side.name}", "dataset": choice})
    facts = DatasetFacts(path=choice.path, manifest_sha256=side.sha256)
    work = TokenJob(tokenize.STAGE, recipe, facts, job.work, job.data.tasks, job.data.workers, tokenizer)
    made = tokenize.run(work)
    return Built(side.arm.model_copy(update={"tokens": made.tokens[TRAIN]}), work.out, recipe)


def size(row: Row) -> int:
    """Bytes of a row's text."""
    return len(str(row["text"]).encode("utf-8", "surrogatepass"))
