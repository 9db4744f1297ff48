"""A training recipe with a value that no run can have is one line, at once."""

from __future__ import annotations

from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
import yaml

from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import RecipeError

STARTER = Path(__file__).parents[2] / "recipes" / "train" / "starter.yaml"


def changed(folder: Path, key: str, value: object) -> Path:
    """The starter with another value of one key."""
    data: dict[str, Any] = yaml.safe_load(STARTER.read_text(encoding="utf-8"))
    *parts, last = key.split(".")
    reduce(getitem, parts, data)[last] = value
    path = folder / "changed.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("model.layers", 1_000_000_000, "less than or equal to 1024"),  # counting its parameters would never end
        ("model.hidden", 2**53, "less than or equal to 1048576"),
        ("model.context", 2**40, "less than or equal to 16777216"),
        ("optimizer.min_learning_rate", float("inf"), "finite"),
        ("optimizer.min_learning_rate", 0.5, "min_learning_rate 0.5 must be at most learning_rate 0.003"),
        ("optimizer.weight_decay", float("inf"), "finite"),
        ("data.language_temperature", float("inf"), "finite"),
        ("hardware.peak_flops", float("inf"), "finite"),
        ("hardware.peak_flops", 1e-300, "greater than or equal to 1"),
        ("dataset.path", "", "at least 1 character"),
        ("title", "", "at least 1 character"),
        ("name", "../starter", "Allowed: lower-case letters"),
    ],
)
def test_what_no_run_can_have(tmp_path: Path, key: str, value: object, words: str) -> None:
    with pytest.raises(RecipeError, match=words) as told:
        load_train_recipe(changed(tmp_path, key, value))

    assert str(told.value).startswith(f"changed.yaml: {key.rpartition('.')[0] or key}")
    assert "recipes/README.md#train" in str(told.value)
