"""One run of an ablation, in a process of its own: train, convert, evaluate; finished steps are not repeated."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.config.training import load_train_recipe
from seedbed.core.io.files import new_folder
from seedbed.evaluation.ablation.recipe import load_ablation_recipe, tasks_of
from seedbed.evaluation.ablation.runs import TrainedRun, judge
from seedbed.models import logging
from seedbed.models.conversion import convert
from seedbed.models.conversion.model_folder import ConversionJob, newest_checkpoint
from seedbed.models.training import launch

from . import train
from .convert import GENERATION


def run(folder: Path, plan_path: Path, held_out: Path, out: Path) -> int:
    """Bring one run to its results. Returns: 0 when they are there, 130 when it was stopped while training.

    Args: folder: the run, with its recipe and tokens; held_out: dataset folder of the held-out files; out: of the results.
    """
    logging.keep_transformers_quiet()
    launch.end_with_parent()
    recipe = load_train_recipe(folder / "recipe.yaml")
    run = TrainedRun(recipe.name, recipe, folder)
    if not run.is_trained and (code := trained(run)):
        return code
    launch.limit_torch_threads()
    judge(run.model, tasks_of(load_ablation_recipe(plan_path), plan_path.parent), held_out, out)
    return 0


def trained(run: TrainedRun) -> int:
    """Train as `seedbed train` does, and put the model beside. Returns: 0, or the code of a run that did not end."""
    if code := train.run(train.Request(run.recipe_path, run.tokens, run.run, resume=True)):
        return code
    checkpoint = newest_checkpoint(ConversionJob(run.recipe, run.recipe_path, run.tokens, run.run, run.model))
    with new_folder(run.model) as draft:
        convert.save(convert.convert(checkpoint, convert.config_of(checkpoint)), draft, run.tokens / "tokenizer", GENERATION)
    return 0
