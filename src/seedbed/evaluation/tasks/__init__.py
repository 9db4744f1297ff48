"""Kinds of evaluation task. A kind is one module here with one subclass of `Task`; recipes name it by its `kind`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import ClassVar, get_args

from pydantic import ConfigDict

from seedbed.core.config.parsing import handbook
from seedbed.core.config.recipe import Model, load
from seedbed.core.errors import RecipeError
from seedbed.evaluation.tasks.base import Documents, PreparedTask, Task

__all__ = ["Documents", "PreparedTask", "Task", "kind_of", "kinds", "load_task"]


@cache
def kinds() -> Mapping[str, type[Task]]:
    """Kinds of task by their key in recipes."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    classes = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return MappingProxyType({kind: task for task in classes if issubclass(task, Task) and (kind := kind_of(task))})


def kind_of(task: type[Task]) -> str:
    """The key of a kind in recipes; "" for a base class."""
    (kind, *_) = get_args(task.model_fields["kind"].annotation) or ("",)
    return str(kind)


class _KindOnly(Model):
    model_config = ConfigDict(extra="ignore", frozen=True)
    section: ClassVar[str] = "evaluation-tasks"

    kind: str


def load_task(path: Path) -> Task:
    """Read a task.

    Raises: RecipeError when the file is missing, is not YAML, names no kind, or has a key that its kind does not take.
    """
    kind = load(path, _KindOnly).kind
    if kind not in kinds():
        allowed = ", ".join(sorted(kinds()))
        raise RecipeError(f"{path.name}: kind: {kind!r}: unknown. Allowed: {allowed}. See {handbook('evaluation-tasks')}.")
    return load(path, kinds()[kind]).at(path.parent)
