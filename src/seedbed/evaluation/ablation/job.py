"""An ablation: what is compared, where its files are, and the description of its result."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seedbed import __version__
from seedbed.core.config.training import TrainRecipe, load_train_recipe
from seedbed.core.io.process import cores, processor
from seedbed.core.manifests.ablation import Ablation, AblationRecipeFacts, Arm, HeldOutFacts
from seedbed.core.runs.job import Job, commit, public_path
from seedbed.evaluation.ablation import runs
from seedbed.evaluation.ablation.outcomes import ALL, found_in, outcomes, sentence
from seedbed.evaluation.ablation.recipe import AblationRecipe, sha256_of_tasks, tasks_of
from seedbed.evaluation.ablation.runs import TrainedRun
from seedbed.models.conversion.model_facts import part_sizes


@dataclass(frozen=True, slots=True)
class AblationJob:
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
class TokenizedSide:
    """One side, ready to train on."""

    arm: Arm
    tokens: Path
    recipe: TrainRecipe


@dataclass(frozen=True, slots=True)
class TrainedPairs:
    """What was trained, a pair a seed, and what it is judged on: the files, and their folder."""

    pairs: list[list[TrainedRun]]
    held_out: HeldOutFacts
    files: Path


def results_folder(job: AblationJob, run: TrainedRun, files: Path) -> Path:
    """Folder of what a run said."""
    tasks = sha256_of_tasks(tasks_of(job.plan, job.path.parent))
    return runs.judged_folder(run, (files / "sha256").read_text(encoding="utf-8"), tasks, job.work)


def describe(
    job: AblationJob, built: tuple[TokenizedSide, TokenizedSide], trained: TrainedPairs, seconds: dict[str, float]
) -> Ablation:
    """The report, from what the runs left."""
    folders = [[results_folder(job, run, trained.files) for run in pair] for pair in trained.pairs]
    names = [task.name for task in tasks_of(job.plan, job.path.parent)]
    results = {name: [runs.load_results(pair, name) for pair in folders] for name in names}
    measured = [outcome for name in names for outcome in outcomes([(kept, without) for kept, without in results[name]])]
    seconds |= {
        "training": sum(run.seconds for pair in trained.pairs for run in pair),
        "judging": sum(judged.seconds for pairs in results.values() for pair in pairs for judged in pair),
    }
    return Ablation(
        name=job.name,
        command=f"make ablate FILTER={job.name} SEEDS={len(job.seeds)}",
        date=datetime.now(UTC).date().isoformat(),
        processor=processor(),
        cores=cores(),
        version=__version__,
        commit=commit(),
        recipe=recipe_facts(job),
        parameters=sum(part_sizes(job.train).values()),
        steps=job.train.steps,
        tokens=job.train.steps * job.train.tokens_a_step,
        seeds=job.seeds,
        kept=built[0].arm,
        without=built[1].arm,
        held_out=trained.held_out,
        outcomes=tuple(measured),
        found=found_in(measured),
        sentence=sentence(job.name, measured, len(job.seeds)),
        seconds={name: round(value, 1) for name, value in seconds.items()},
    )


def recipe_facts(job: AblationJob) -> AblationRecipeFacts:
    """Which recipes."""
    folder = job.path.parent
    plan: dict[str, Any] = job.plan.model_dump(mode="json")
    return AblationRecipeFacts(
        data=public_path(folder / job.plan.data),
        data_sha256=job.data.recipe.sha256,
        train=public_path(folder / job.plan.train),
        train_sha256=load_train_recipe(folder / job.plan.train).sha256,
        plan=plan,
    )
