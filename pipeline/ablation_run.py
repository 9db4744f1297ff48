"""One run of an ablation, in a process of its own: train, convert, judge; what is there already is not made again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from seedbed.cli import Parser, outcome
from seedbed.core.config.training import load_train_recipe
from seedbed.core.io.atomic import new_folder
from seedbed.evaluation.ablation.recipe import load_ablation_recipe, tasks_of
from seedbed.evaluation.ablation.runs import TrainedRun, judge
from seedbed.models import logging
from seedbed.models.conversion import convert
from seedbed.models.training import launch

from . import train
from .convert import GENERATION, Job, newest_checkpoint


def command(options: argparse.Namespace) -> int:
    """Bring one run to its results. Returns: 0 when they are there, 130 when it was stopped while training."""
    launch.end_with_parent()
    recipe = load_train_recipe(options.run / "recipe.yaml")
    run = TrainedRun(recipe.name, recipe, options.run)
    if not run.is_trained and (code := trained(run)):
        return code
    torch.set_num_threads(launch.threads())
    plan = load_ablation_recipe(options.recipe)
    judge(run.model, tasks_of(plan, options.recipe.parent), options.held_out, options.out)
    return 0


def trained(run: TrainedRun) -> int:
    """Train as `seedbed train` does, and put the model beside. Returns: 0, or the code of a run that did not end."""
    words = argparse.Namespace(
        recipe=run.recipe_path, slurm=None, tokens=run.tokens, out=run.run, device=None, resume=True, trackio=False
    )
    if code := train.command(words):
        return code
    checkpoint = newest_checkpoint(Job(run.recipe, run.recipe_path, run.tokens, run.run, run.model))
    with new_folder(run.model) as draft:
        convert.save(convert.convert(checkpoint, convert.config_of(checkpoint)), draft, run.tokens / "tokenizer", GENERATION)
    return 0


def main() -> int:
    """`python -m pipeline.ablation_run FOLDER`, as `pipeline.ablate` starts it."""
    parser = Parser(description=__doc__)
    parser.add_argument("run", type=Path, metavar="FOLDER", help="folder of the run, with its recipe and tokens")
    parser.add_argument("--recipe", type=Path, required=True, metavar="RECIPE", help="the plan, as recipes/ablation.yaml")
    parser.add_argument("--held-out", type=Path, required=True, metavar="DIR", help="dataset folder that is asked about")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the results")
    options = parser.parse_args()
    logging.keep_transformers_quiet()
    return outcome(lambda: command(options))


if __name__ == "__main__":
    sys.exit(main())
