"""What a training run will take, as lines for a terminal. Nothing is started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seedbed.core.config.training import load_train_recipe
from seedbed.models.training.plan import plan, plan_lines


def lines_of(recipe: Path) -> Iterator[str]:
    """The plan of a recipe. Raises: RecipeError for a recipe, or a layout, that cannot work."""
    return plan_lines(plan(load_train_recipe(recipe)))
