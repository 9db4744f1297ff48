"""A plan for fine-tuning says what it must, and every mistake is one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from seedbed.core.errors import RecipeError
from seedbed.finetuning.recipe import load_finetune_recipe, public, tasks_of

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "recipes" / "finetune" / "starter.yaml"
TASKS = ROOT / "recipes" / "eval"


def changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    data = yaml.safe_load(STARTER.read_text(encoding="utf-8"))
    change(data)
    path = folder / "changed.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["lora"].update(rank=8), "lora.rank: unknown key. Allowed: alpha, dropout, r, target_modules"),
        (lambda data: data.pop("least"), "least: missing"),
        (lambda data: data["lora"].update(target_modules=["lm_head"]), "lm_head cannot have an adapter"),
        (lambda data: data["lora"].update(dropout=1.0), "lora.dropout"),
        (lambda data: data["held_out"].update(share=1.0), "held_out.share"),
        (lambda data: data["filters"].update(licenses=["MITT"]), "MITT: not an SPDX license key. Nearest: MIT"),
        (lambda data: data["judging"].update(measure="loss"), "measure 'loss': not one of accepted, bits-per-byte"),
        (lambda data: data["judging"].update(margin=float("nan")), "judging.margin"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, change: Callable[[dict[str, Any]], Any], said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_finetune_recipe(changed(tmp_path, change))

    assert said in str(caught.value)
    assert "recipes/README.md" in str(caught.value)


@pytest.mark.parametrize(
    ("task", "said"), [("humaneval", "of the kind program"), ("latency", "of the kind latency"), ("none", "no such task")]
)
def test_a_task_that_cannot_be_asked_is_refused(tmp_path: Path, task: str, said: str) -> None:
    recipe = load_finetune_recipe(changed(tmp_path, lambda data: data["judging"].update(tasks=[task])))

    with pytest.raises(RecipeError, match=said):
        tasks_of(recipe, TASKS)


def test_a_card_is_told_no_folder_of_this_machine(tmp_path: Path) -> None:
    paths = {"feedback": "/home/someone/feedback", "dataset": "/home/someone/data", "model": {"path": "../someone/model"}}

    told = public(load_finetune_recipe(changed(tmp_path, lambda data: data.update(paths))))

    assert (told["dataset"], told["model"]["path"]) == ("data", "model")
    assert "someone" not in str(told)
