"""An ablation: the dataset of a recipe with and without a filter, models trained alike on each, judged on files neither saw."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seedbed import __version__
from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import InputError
from seedbed.core.io.hardware import cores, processor
from seedbed.core.io.locks import held
from seedbed.core.io.progress import Bar, say
from seedbed.core.manifests.ablation import Ablation, AblationRecipeFacts, HeldOutFacts
from seedbed.core.runs.job import DOCUMENTS
from seedbed.core.runs.workspace import commit, public_path
from seedbed.evaluation.ablation import runs
from seedbed.evaluation.ablation.outcomes import outcomes
from seedbed.evaluation.ablation.parallel import Command, run_all
from seedbed.evaluation.ablation.recipe import load_ablation_recipe, seeds_of, sha256_of_tasks, shortened, tasks_of
from seedbed.evaluation.ablation.report import PAGE, found_in, sentence, write_report
from seedbed.evaluation.ablation.runs import TrainedRun
from seedbed.evaluation.ablation.variants import Side
from seedbed.models.conversion.model_facts import part_sizes

from . import variants
from .ablation_data import Ablating, Built, build, held_out
from .run import make_job as dataset_job

AT_ONCE = 2
"""Runs side by side, of a thread each where there are so many cores: faster than one run with all of them."""


@dataclass(frozen=True, slots=True)
class Runs:
    """What was trained, a pair a seed, and what it is judged on: the files, and their folder."""

    pairs: list[list[TrainedRun]]
    held_out: HeldOutFacts
    files: Path


def run(job: Ablating) -> None:
    """Ablate, and print the finding."""
    with held(job.work, option="build", busy="another ablation is at work there. Allowed: one at a time."):
        report = ablate(job)
    sys.stdout.write(f"{report.sentence}\nreport: {job.out / PAGE}\n")
    say("seedbed dataset, or make dataset, puts it on the dataset's card")


def make_job(name: str, recipe: Path, seeds: int | None) -> Ablating:
    """The ablation of a filter by a plan; without `seeds` as many runs of each side as the plan says.

    Raises: InputError, RecipeError.
    """
    variants.left_out(name)
    plan = load_ablation_recipe(recipe)
    folder = recipe.parent
    tasks_of(plan, folder)
    count = seeds if seeds is not None else plan.seeds
    if not 1 <= count <= 20:
        raise InputError(f"--seeds {count}: not a number of seeds. Allowed: 1 to 20.")
    train = shortened(load_train_recipe(folder / plan.train), plan.steps)
    data = dataset_job(folder / plan.data)
    if name == "near_dedup" and not data.recipe.near_duplicates.enabled:
        raise InputError(f"FILTER near_dedup: {plan.data} has it off (near_duplicates.enabled). Allowed: another filter.")
    return Ablating(name, plan, recipe, seeds_of(train, count), data, train)


def ablate(job: Ablating) -> Ablation:
    """All of it, going on where an earlier run stopped."""
    start = time.monotonic()
    splits = job.data.recipe.splits
    sides = variants.make(job.data, job.name, (job.work / f"without-{job.name}").resolve())
    kept, without = (Side(side.work / DOCUMENTS, splits) for side in sides)
    told, files = held_out(job, kept, without)
    made = time.monotonic()
    built = build(job, kept, without)
    tokenized = time.monotonic()
    trained = Runs([[run_of(job, one, seed) for one in built] for seed in job.seeds], told, files)
    judge_all(job, [run for pair in trained.pairs for run in pair], files)
    report = describe(job, built, trained, {"datasets": made - start, "tokens": tokenized - made})
    write_report(report, job.out)
    return report


def run_of(job: Ablating, side: Built, seed: int) -> TrainedRun:
    """The run of a side with a seed."""
    recipe = side.recipe.model_copy(update={"seed": seed})
    return runs.prepare(f"{side.arm.name}, seed {seed}", side.tokens, recipe, job.work)


def results_of(job: Ablating, run: TrainedRun, files: Path) -> Path:
    """Folder of what a run said."""
    tasks = sha256_of_tasks(tasks_of(job.plan, job.path.parent))
    return runs.judged_folder(run, (files / "sha256").read_text(encoding="utf-8"), tasks, job.work)


def judge_all(job: Ablating, trained: list[TrainedRun], files: Path) -> None:
    """Train, convert and judge every run, some at a time."""
    commands = [command_of(job, run, files) for run in trained]
    at_once = min(AT_ONCE, cores())
    with Bar("runs", job.train.steps * len(trained), "step") as bar:
        run_all(
            commands,
            at_once,
            tick=lambda: bar.update(sum(run.steps_done for run in trained)),
            ended=lambda one: say(f"{one.name}: trained and judged"),
        )


def command_of(job: Ablating, run: TrainedRun, files: Path) -> Command:
    """What brings a run to its results."""
    words = (sys.executable, "-m", "seedbed.cli", "ablation-run", str(run.folder), "--recipe", str(job.path))
    where = ("--held-out", str(files), "--out", str(results_of(job, run, files)))
    return Command(run.name, words + where, run.folder / "log.txt")


def describe(job: Ablating, built: tuple[Built, Built], trained: Runs, seconds: dict[str, float]) -> Ablation:
    """The report, from what the runs left."""
    folders = [[results_of(job, run, trained.files) for run in pair] for pair in trained.pairs]
    names = [task.name for task in tasks_of(job.plan, job.path.parent)]
    results = {name: [runs.load_results(pair, name) for pair in folders] for name in names}
    found = [one for name in names for one in outcomes([(kept, without) for kept, without in results[name]])]
    seconds |= {
        "training": sum(run.seconds for pair in trained.pairs for run in pair),
        "judging": sum(one.seconds for pairs in results.values() for pair in pairs for one in pair),
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
        outcomes=tuple(found),
        found=found_in(found),
        sentence=sentence(job.name, found, len(job.seeds)),
        seconds={name: round(value, 1) for name, value in seconds.items()},
    )


def recipe_facts(job: Ablating) -> AblationRecipeFacts:
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
