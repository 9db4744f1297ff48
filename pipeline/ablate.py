"""An ablation: the dataset of a recipe with and without a filter, models trained alike on each, judged on files neither saw."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import InputError
from seedbed.core.io.files import held
from seedbed.core.io.process import cores
from seedbed.core.io.progress import Bar, say
from seedbed.core.manifests.ablation import Ablation
from seedbed.core.runs.job import DOCUMENTS
from seedbed.evaluation.ablation import runs
from seedbed.evaluation.ablation.job import AblationJob, TokenizedSide, TrainedPairs, describe, results_folder
from seedbed.evaluation.ablation.outcomes import PAGE, write_report
from seedbed.evaluation.ablation.recipe import load_ablation_recipe, seeds_of, shortened, tasks_of
from seedbed.evaluation.ablation.runs import Command, TrainedRun, run_all
from seedbed.evaluation.ablation.variants import Side, held_out_files

from . import variants
from .ablation_data import build
from .run import make_job as dataset_job

AT_ONCE = 2
"""Runs in parallel, each on its share of the cores: faster than one run on all of them."""


def run(job: AblationJob) -> None:
    """Ablate, and print the finding."""
    with held(job.work, option="build", busy="another ablation is at work there. Allowed: one at a time."):
        report = ablate(job)
    sys.stdout.write(f"{report.sentence}\nreport: {job.out / PAGE}\n")
    say("seedbed dataset, or make dataset, puts it on the dataset's card")


def make_job(name: str, recipe: Path, seeds: int | None) -> AblationJob:
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
    return AblationJob(name, plan, recipe, seeds_of(train, count), data, train)


def ablate(job: AblationJob) -> Ablation:
    """All of it, going on where an earlier run stopped."""
    start = time.monotonic()
    splits = job.data.recipe.splits
    sides = variants.make(job.data, job.name, (job.work / f"without-{job.name}").resolve())
    kept, without = (Side(side.work / DOCUMENTS, splits) for side in sides)
    facts, files = held_out_files(job, kept, without)
    made = time.monotonic()
    built = build(job, kept, without)
    tokenized = time.monotonic()
    trained = TrainedPairs([[run_of(job, side, seed) for side in built] for seed in job.seeds], facts, files)
    judge_all(job, [run for pair in trained.pairs for run in pair], files)
    report = describe(job, built, trained, {"datasets": made - start, "tokens": tokenized - made})
    write_report(report, job.out)
    return report


def run_of(job: AblationJob, side: TokenizedSide, seed: int) -> TrainedRun:
    """The run of a side with a seed."""
    recipe = side.recipe.model_copy(update={"seed": seed})
    return runs.prepare(f"{side.arm.name}, seed {seed}", side.tokens, recipe, job.work)


def judge_all(job: AblationJob, trained: list[TrainedRun], files: Path) -> None:
    """Train, convert and judge every run, some at a time."""
    commands = [command_of(job, run, files) for run in trained]
    at_once = min(AT_ONCE, cores())
    with Bar("runs", job.train.steps * len(trained), "step") as bar:
        run_all(
            commands,
            at_once,
            tick=lambda: bar.update(sum(run.steps_done for run in trained)),
            ended=lambda command: say(f"{command.name}: trained and judged"),
        )


def command_of(job: AblationJob, run: TrainedRun, files: Path) -> Command:
    """The command that trains and judges a run."""
    words = (sys.executable, "-m", "seedbed.cli", "ablation-run", str(run.folder), "--recipe", str(job.path))
    where = ("--held-out", str(files), "--out", str(results_folder(job, run, files)))
    return Command(run.name, words + where, run.folder / "log.txt")
