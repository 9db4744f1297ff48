"""recipes/ablation.yaml: the data, the model, training steps, seeds, and the size of the held-out tasks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, ClassVar, Final, TypeVar

from pydantic import Field

from seedbed.core.config.recipe import Model, Positive, load
from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import RecipeError
from seedbed.evaluation.tasks import kind_of, load_task
from seedbed.evaluation.tasks.bits_per_byte import BitsPerByteTask
from seedbed.evaluation.tasks.next_line import NextLineTask
from seedbed.evaluation.tasks.syntax import SyntaxTask

SEED_STEP: Final = 1000
"""Seeds lie so far apart: each pass over the windows is shuffled with the seed plus its number."""

AnyJudge = TypeVar("AnyJudge", BitsPerByteTask, SyntaxTask, NextLineTask)
Judge = BitsPerByteTask | SyntaxTask | NextLineTask


class HeldOutSize(Model):
    """Of each language: bytes of whole files that are read, completions and next lines that are asked for."""

    bytes: Positive
    completions: Positive
    lines: Positive


class AblationRecipe(Model):
    """A plan for ablations; paths start at its file."""

    section: ClassVar[str] = "ablations"

    data: str
    train: str
    bits_per_byte: str
    syntax: str
    next_line: str
    steps: Positive
    seeds: Annotated[int, Field(ge=1, le=20)]
    held_out: HeldOutSize


def load_ablation_recipe(path: Path) -> AblationRecipe:
    """Read a plan. Raises: RecipeError."""
    return load(path, AblationRecipe)


def tasks_of(plan: AblationRecipe, folder: Path) -> list[Judge]:
    """The tasks, as long as the plan has them. Raises: RecipeError."""
    size = plan.held_out
    return [
        _of_kind(folder / plan.bits_per_byte, BitsPerByteTask).model_copy(update={"bytes": size.bytes}),
        _of_kind(folder / plan.syntax, SyntaxTask).model_copy(update={"problems": size.completions}),
        _of_kind(folder / plan.next_line, NextLineTask).model_copy(update={"problems": size.lines}),
    ]


def _of_kind(path: Path, kind: type[AnyJudge]) -> AnyJudge:
    task = load_task(path)
    if not isinstance(task, kind):
        raise RecipeError(f"{path.name}: kind: {task.kind!r} is not the kind wanted here. Allowed: {kind_of(kind)}.")
    return task


def shortened(recipe: TrainRecipe, steps: int) -> TrainRecipe:
    """A training recipe of other length: warm-up and decay keep their share of the steps; it is validated at its ends alone.

    Two checkpoints are enough, and a batch to validate on: what counts is asked afterwards.
    """
    share = steps / recipe.steps
    optimizer = recipe.optimizer.model_copy(
        update={
            "warmup_steps": round(recipe.optimizer.warmup_steps * share),
            "decay_steps": max(1, round(recipe.optimizer.decay_steps * share)) if recipe.optimizer.decay_steps else 0,
        }
    )
    update = {
        "steps": steps,
        "optimizer": optimizer,
        "validation": recipe.validation.model_copy(update={"every_steps": steps, "sequences": recipe.batch.sequences}),
        "checkpoints": recipe.checkpoints.model_copy(update={"every_steps": max(1, -(-steps // 2)), "keep": 1}),
    }
    return TrainRecipe.model_validate_json(json.dumps(recipe.model_copy(update=update).model_dump(mode="json")))


def seeds_of(recipe: TrainRecipe, count: int) -> tuple[int, ...]:
    """The seeds of the runs; the first is the recipe's own."""
    return tuple(recipe.seed + SEED_STEP * number for number in range(count))


def sha256_of_tasks(tasks: list[Judge]) -> str:
    """One hash of all tasks."""
    return hashlib.sha256(json.dumps([task.sha256 for task in tasks]).encode()).hexdigest()
