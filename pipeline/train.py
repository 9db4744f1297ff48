"""Stage 2 of a model: tokens -> checkpoints, with nanotron; one process, or as many as the recipe's layout has."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from pathlib import Path

from seedbed.cli import Parser, add_train_arguments, outcome
from seedbed.core.config.training import TrainRecipe, load_train_recipe
from seedbed.core.errors import LostRanksError, TrainingError
from seedbed.core.io.locks import held
from seedbed.models.training import launch, metrics, slurm
from seedbed.models.training.nanotron import checkpoints, session
from seedbed.models.training.reporters import TrackioDashboard, TrainingBar
from seedbed.models.training.run import TrainingRun, device_of, open_run, record
from seedbed.publishing.plots.loss import draw_loss

from .run import say

Resume = tuple[Path, checkpoints.Stamp] | None


def command(options: argparse.Namespace) -> int:
    """Train as the arguments say. Returns: 0 when the run is complete, 130 when it was stopped with a checkpoint."""
    recipe = load_train_recipe(options.recipe)
    if not launch.is_launched():
        refuse_impossible(recipe)
    if options.slurm is not None:
        sys.stdout.write(batch_script(options, recipe))
        return 0
    tokens = options.tokens or Path("build/tokens") / recipe.name
    folder = options.out or Path("build/runs") / recipe.name
    run = open_run(recipe, tokens, folder, device_of(options.device))
    if "RANK" in os.environ:
        return as_rank(run, resume=options.resume, on_trackio=options.trackio)
    if is_complete(run, starting_point(run, resume=options.resume)):
        return 0
    if recipe.parallelism.ranks == 1:
        return as_rank(run, resume=options.resume, on_trackio=options.trackio)
    words = [str(options.recipe), "--tokens", str(tokens), "--out", str(folder), "--device", run.device]
    command = [sys.executable, "-m", __spec__.name, *words, *flags(options)]
    layout = recipe.parallelism
    return launch.run_ranks(command, layout.ranks, layout.ranks - layout.dp * layout.tp, folder / "logs")


def flags(options: argparse.Namespace) -> list[str]:
    """The switches as words again."""
    return [f"--{name}" for name in ("resume", "trackio") if getattr(options, name)]


def batch_script(options: argparse.Namespace, recipe: TrainRecipe) -> str:
    """What `sbatch` takes: the same command on every node, which goes on where an earlier job stopped."""
    words = [__spec__.name, str(options.recipe), "--resume", "--device", options.device or "gpu"]
    for name in ("tokens", "out"):
        if (folder := getattr(options, name)) is not None:
            words += [f"--{name}", str(folder)]
    return slurm.script(recipe, options.slurm, words, str(options.out or "."))


def refuse_impossible(recipe: TrainRecipe) -> None:
    """Raise RecipeError for a layout that cannot work, or that the hardware has no memory for."""
    from seedbed.models.training.plan import plan  # transformers' Llama takes seconds to import, and ranks need none of it

    plan(recipe)


def as_rank(run: TrainingRun, *, resume: bool, on_trackio: bool) -> int:
    """Train this process's part."""
    launch.end_with_parent()
    world, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    if world != run.recipe.parallelism.ranks:
        ranks = run.recipe.parallelism.ranks
        raise TrainingError(f"{world} processes, the recipe's dp * tp * pp is {ranks}. Allowed: --nproc-per-node {ranks}.")
    busy = f"another run of {run.recipe.name} is at work there. Allowed: one at a time."
    with held(run.folder, option="--out", busy=busy) if rank == 0 else nullcontext():
        start = starting_point(run, resume=resume)
        if is_complete(run, start):
            return 0
        if rank == 0:
            run.checkpoints.mkdir(exist_ok=True)
            metrics.cut(run.metrics, start[1].step if start else -1)
            session.write_config(run, run.folder / "config.yaml")
        return train(run, start, writes=rank == 0, on_trackio=on_trackio)


def train(run: TrainingRun, start: Resume, *, writes: bool, on_trackio: bool) -> int:
    """Train, show how it goes, and write down how it went."""
    shows: list[TrainingBar | TrackioDashboard] = [TrainingBar(run.recipe.name, run.recipe.steps, start[1].step if start else 0)]
    shows += [TrackioDashboard("seedbed", run.recipe.name)] if on_trackio else []

    def report(row: metrics.MetricsRow) -> None:
        metrics.append(run.metrics, row)
        for show in shows:
            show.show(row)

    try:
        ended = session.train(run, report, start)
    except LostRanksError:
        if launch.is_launched():
            return launch.LOST  # another rank says why
        raise
    finally:
        for show in shows:
            show.close()
    if writes:
        record(run, ended.step, ended.seconds)
        draw_loss(metrics.read(run.metrics), run.recipe.tokens_a_step, run.folder / "loss.png")
    if not ended.is_stopped:
        return 0
    if ended.is_reporter:
        say(f"seedbed: stopped after step {ended.step:,}, its checkpoint is written; --resume goes on from there.")
    return launch.STOPPED


def starting_point(run: TrainingRun, *, resume: bool) -> Resume:
    """The checkpoint to go on from. Raises: CheckpointError, TrainingError when there is one and nobody said --resume."""
    newest = checkpoints.newest(run)
    if newest and not resume:
        raise TrainingError(
            f"{run.folder}: a run that got to step {newest[1].step:,}. Allowed: --resume to go on, or remove the folder."
        )
    return newest


def is_complete(run: TrainingRun, start: Resume) -> bool:
    """Whether there is nothing left to train."""
    done = start is not None and start[1].step == run.recipe.steps
    if done and int(os.environ.get("RANK", "0")) == 0:
        say(f"{run.folder}: complete, {run.recipe.steps:,} steps.")
    return done


def main() -> int:
    """`python -m pipeline.train RECIPE`, by itself or under torchrun."""
    parser = Parser(description=__doc__)
    add_train_arguments(parser)
    options = parser.parse_args()
    return outcome(lambda: command(options))


if __name__ == "__main__":
    sys.exit(main())
