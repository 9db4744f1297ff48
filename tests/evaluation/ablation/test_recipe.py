"""The plan of an ablation, and the recipe of its runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import RecipeError
from seedbed.evaluation.ablation.recipe import load_ablation_recipe, seeds_of, shortened, tasks_of

RECIPES = Path(__file__).parents[3] / "recipes"
STARTER = load_train_recipe(RECIPES / "train" / "starter.yaml")


def test_the_plan_that_ships_is_whole() -> None:
    plan = load_ablation_recipe(RECIPES / "ablation.yaml")

    assert [task.kind for task in tasks_of(plan, RECIPES)] == ["bits-per-byte", "syntax", "next-line"]
    assert tasks_of(plan, RECIPES)[0].bytes == plan.held_out.bytes
    assert (RECIPES / plan.data).is_file()
    assert plan.steps < STARTER.steps


@pytest.mark.parametrize(("steps", "warmup", "decay"), [(75, 4, 45), (1, 0, 1), (1500, 80, 900)])
def test_warm_up_and_decay_keep_their_share(steps: int, warmup: int, decay: int) -> None:
    recipe = shortened(STARTER, steps)

    assert (recipe.steps, recipe.optimizer.warmup_steps, recipe.optimizer.decay_steps) == (steps, warmup, decay)
    assert recipe.model == STARTER.model
    assert recipe.tokens_a_step == STARTER.tokens_a_step


def test_seeds_are_too_far_apart_to_share_a_shuffle() -> None:
    assert seeds_of(STARTER, 3) == (17, 1017, 2017)


def plan_in(folder: Path, **changed: str) -> Path:
    text = (RECIPES / "ablation.yaml").read_text()
    for key, value in changed.items():
        text = "".join(f"{key}: {value}\n" if line.startswith(f"{key}:") else line for line in text.splitlines(keepends=True))
    path = folder / "plan.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"seeds": "0"}, "plan.yaml: seeds: Input should be greater than or equal to 1"),
        ({"seeds": "21"}, "plan.yaml: seeds: Input should be less than or equal to 20"),
        ({"steps": "-5"}, "plan.yaml: steps: Input should be greater than 0"),
    ],
)
def test_what_is_wrong_in_a_plan_is_one_line(tmp_path: Path, changed: dict[str, str], line: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_ablation_recipe(plan_in(tmp_path, **changed))

    assert str(caught.value).startswith(line)
    assert "README.md#ablations" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_task_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    plan = load_ablation_recipe(plan_in(tmp_path, syntax=str(RECIPES / "eval" / "latency.yaml")))

    with pytest.raises(RecipeError, match=r"latency\.yaml: kind: 'latency' is not the kind wanted here\. Allowed: syntax"):
        tasks_of(plan, RECIPES)
