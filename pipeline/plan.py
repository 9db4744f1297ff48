"""What a training run will take, in words; nothing is started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seedbed.model.plan import plan
from seedbed.model.plan_report import lines
from seedbed.train_recipe import load_train_recipe


def lines_of(recipe: Path) -> Iterator[str]:
    """The plan of a recipe. Raises: RecipeError for a recipe, or a layout, that cannot work."""
    return lines(plan(load_train_recipe(recipe)))
