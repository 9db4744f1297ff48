"""Stage 2 of a model: tokens -> checkpoints, with nanotron; one process, or as many as the recipe's layout has."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import LostRanksError, TrainingError
from seedbed.core.io.files import held
from seedbed.core.io.progress import say
from seedbed.models.training import launch, metrics, slurm
from seedbed.models.training.metrics import TrackioDashboard, TrainingBar
from seedbed.models.training.nanotron import session
from seedbed.models.training.nanotron.checkpoints import Resume, is_complete, starting_point
from seedbed.models.training.run import TrainingRun, device_of, open_run, record
from seedbed.publishing.plots.loss import draw_loss


@dataclass(frozen=True, slots=True)
class Request:
    """What to train, where, and how to show it; None is the default."""

    recipe: Path
    tokens: Path | None = None
    out: Path | None = None
    device: Literal["cpu", "gpu"] | None = None
    resume: bool = False
    on_trackio: bool = False

    def words(self, device: str) -> list[str]:
        """The command that trains the same, for another process: a module and its arguments."""
        words = ["seedbed.cli", "train", str(self.recipe), "--device", device]
        folders = {"--tokens": self.tokens, "--out": self.out}
        words += [word for name, folder in folders.items() if folder is not None for word in (name, str(folder))]
        switches = {"--resume": self.resume, "--trackio": self.on_trackio}
        return words + [name for name, is_on in switches.items() if is_on]


def run(request: Request) -> int:
    """Train. Returns: 0 when the run is complete, 130 when it was stopped with a checkpoint."""
    recipe = load_train_recipe(request.recipe)
    if not launch.is_launched():
        launch.refuse_impossible(recipe)
    tokens = request.tokens or Path("build/tokens") / recipe.name
    run = open_run(recipe, tokens, request.out or Path("build/runs") / recipe.name, device_of(request.device))
    if "RANK" in os.environ:
        return as_rank(run, resume=request.resume, on_trackio=request.on_trackio)
    if is_complete(run, starting_point(run, resume=request.resume)):
        return 0
    if recipe.parallelism.ranks == 1:
        return as_rank(run, resume=request.resume, on_trackio=request.on_trackio)
    command = [sys.executable, "-m", *request.words(run.device)]
    layout = recipe.parallelism
    return launch.run_ranks(command, layout.ranks, layout.ranks - layout.dp * layout.tp, run.folder / "logs")


def batch_script(request: Request, nodes: int) -> str:
    """What `sbatch` takes: the same command on every node, which continues where an earlier job stopped.

    Raises: RecipeError, TrainingError.
    """
    recipe = load_train_recipe(request.recipe)
    launch.refuse_impossible(recipe)
    words = replace(request, resume=True).words(request.device or "gpu")
    return slurm.script(recipe, nodes, words, str(request.out or "."))


def as_rank(run: TrainingRun, *, resume: bool, on_trackio: bool) -> int:
    """Train this process's part. Raises: TrainingError when the number of processes is not the one of the recipe."""
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
