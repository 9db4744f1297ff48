"""Evaluation tasks by name, from recipes/eval, or by path."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.evaluation.tasks import Task, load_task

TASKS = Path(__file__).parent.parent / "recipes" / "eval"


def task_of(name: str) -> Task:
    """The task of a name, or of a path that ends with .yaml or .yml.

    Raises: InputError when there is none; RecipeError when it is wrong.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else TASKS / f"{name}.yaml"
    if not path.is_file():
        raise InputError(f"{name or 'no name'}: no such task. Allowed: {', '.join(names())}, or the path of one.")
    return load_task(path)


def names() -> list[str]:
    """What recipes/eval has, in alphabetical order."""
    return sorted(path.stem for path in TASKS.glob("*.yaml"))
