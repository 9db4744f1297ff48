"""Where a training run continues: its newest checkpoint, or the beginning."""

from __future__ import annotations

import os
from pathlib import Path

from seedbed.core.errors import TrainingError
from seedbed.core.io.progress import say
from seedbed.models.training.nanotron import checkpoints
from seedbed.models.training.run import TrainingRun

Resume = tuple[Path, checkpoints.Stamp] | None


def starting_point(run: TrainingRun, *, resume: bool) -> Resume:
    """The checkpoint to continue from.

    Raises: CheckpointError; TrainingError when there is one and `resume` is off.
    """
    newest = checkpoints.newest(run)
    if newest and not resume:
        raise TrainingError(
            f"{run.folder}: a run that got to step {newest[1].step:,}. Allowed: --resume to go on, or remove the folder."
        )
    return newest


def is_complete(run: TrainingRun, start: Resume) -> bool:
    """Whether there is nothing left to train; the first rank says so."""
    is_done = start is not None and start[1].step == run.recipe.steps
    if is_done and int(os.environ.get("RANK", "0")) == 0:
        say(f"{run.folder}: complete, {run.recipe.steps:,} steps.")
    return is_done
