"""Set up the job of a dataset."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.config.recipe import Recipe
from seedbed.core.errors import InputError, ManifestError, RecipeError
from seedbed.core.io.process import cores
from seedbed.core.manifests.scores import read_measurement
from seedbed.core.runs.job import TASKS_PER_WORKER, Job, check_out

_MOST = 99_999  # five digits number the files of a shard


def make_job(
    recipe_path: Path, *, out: Path | None = None, tasks: int | None = None, workers: int | None = None, strict: bool = False
) -> Job:
    """The job of a recipe; what is None gets its default. Raises: RecipeError, InputError."""
    for name, value, what in (("tasks", tasks, "shards"), ("workers", workers, "processes")):
        if value is not None and not 1 <= value <= _MOST:
            raise InputError(f"--{name} {value}: not a number of {what}. Allowed: 1 to {_MOST:,}.")
    from .filters import load  # what a model needs works without the extra `data`

    recipe = load(recipe_path)
    _check(recipe, recipe_path)
    workers = workers or cores()
    build = Path("build").resolve()
    out = (out or build / "datasets" / recipe.name).resolve()
    check_out(out)
    return Job(recipe, recipe_path.resolve(), build, out, tasks or workers * TASKS_PER_WORKER, workers, strict)


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
            read_measurement(path.parent / name, name)
        except ManifestError as error:
            raise RecipeError(f"{path.name}: evidence: {error}") from error
