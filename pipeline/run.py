"""What the stages share: the command line of `python -m pipeline.<stage>`, and how a job is set up."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from seedbed.cli import Parser, add_dataset_arguments, outcome
from seedbed.core.config.recipe import Recipe
from seedbed.core.errors import InputError, ManifestError, RecipeError
from seedbed.core.io.hardware import cores
from seedbed.core.manifests.dataset import evaluation
from seedbed.core.runs.workspace import Job, check_out, claimed

TASKS_PER_WORKER = 4


def make_job(arguments: argparse.Namespace) -> Job:
    """The job that the arguments ask for. Raises: RecipeError, InputError."""
    for name, what in (("tasks", "shards"), ("workers", "processes")):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            raise InputError(f"--{name} {value}: not a number of {what}. Allowed: 1 or more.")
    from .filters import load  # the stages themselves import this module

    recipe = load(arguments.recipe)
    _check(recipe, arguments.recipe)
    workers = arguments.workers or cores()
    build = Path("build").resolve()
    out = (arguments.out or build / "datasets" / recipe.name).resolve()
    check_out(out)
    tasks = arguments.tasks or workers * TASKS_PER_WORKER
    return Job(recipe, arguments.recipe.resolve(), build, out, tasks, workers, arguments.strict)


def _check(recipe: Recipe, path: Path) -> None:
    """Find the mistakes that would only be met after minutes of work. Raises: RecipeError."""
    from seedbed.data.filters.license.policy import (
        check_allow,  # stages of a model and of publishing work without the extra `data`
    )

    try:
        check_allow(recipe.license.allow)
    except RecipeError as error:
        raise RecipeError(f"{path.name}: {error}") from error
    for name in recipe.evidence:
        if not (path.parent / name).is_file():
            raise RecipeError(f"{path.name}: evidence: {name}: no such file. Relative paths start at the recipe.")
        try:
            evaluation(path.parent / name, name)
        except ManifestError as error:
            raise RecipeError(f"{path.name}: evidence: {error}") from error


def say(line: str) -> None:
    """A line for the person at the terminal; results go to standard output, this does not."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main(run: Callable[[Job], None]) -> None:
    """Run one stage from the command line."""
    parser = Parser(description=run.__doc__)
    add_dataset_arguments(parser)
    arguments = parser.parse_args()

    def act() -> None:
        job = make_job(arguments)
        with claimed(job):
            run(job)

    raise SystemExit(outcome(act))
