"""A recipe of a page becomes nanotron's whole configuration."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from nanotron.config import get_config_from_file

from seedbed.core.config.training import load_train_recipe
from seedbed.models.tokens.manifest import DatasetFacts, TokensManifest
from seedbed.models.training.nanotron.config import TrainConfig
from seedbed.models.training.nanotron.session import write_config
from seedbed.models.training.run import Device, TrainingRun

ROOT = Path(__file__).parents[4]
GOLDEN = ROOT / "tests" / "golden"


def run_of(name: str, device: Device) -> TrainingRun:
    recipe = load_train_recipe(ROOT / "recipes" / "train" / f"{name}.yaml")
    tokens = TokensManifest(
        key="",
        dataset=DatasetFacts(),
        recipe_sha256="",
        vocabulary_size=recipe.tokenizer.vocabulary_size,
        token_bytes=2,
        tokens={},
        bytes={},
        languages={},
        tokenizer_sha256="",
        versions={},
    )
    return TrainingRun(recipe, tokens, Path("build/tokens") / name, Path("build/runs") / name, device)


@pytest.mark.parametrize(("name", "device"), [("starter", "cpu"), ("seed-coder-8b", "gpu")])
def test_the_expanded_configuration_is_the_golden_one(tmp_path: Path, name: str, device: Device) -> None:
    golden = GOLDEN / f"nanotron_{name}_{device}.yaml"
    write_config(run_of(name, device), tmp_path / "config.yaml")
    text = (tmp_path / "config.yaml").read_text()
    if os.environ.get("SEEDBED_GOLDEN"):
        golden.write_text(text)

    assert text == golden.read_text()


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "recipes" / "train").glob("*.yaml")))
@pytest.mark.parametrize("device", ["cpu", "gpu"])
def test_every_recipe_is_a_configuration_that_nanotron_reads(tmp_path: Path, name: str, device: Device) -> None:
    write_config(run_of(name, device), tmp_path / "config.yaml")

    config = get_config_from_file(str(tmp_path / "config.yaml"), config_class=TrainConfig)

    recipe = load_train_recipe(ROOT / "recipes" / "train" / f"{name}.yaml")
    assert config.global_batch_size == recipe.batch.sequences
    assert config.model.model_config.num_hidden_layers == recipe.model.layers


@pytest.mark.parametrize(
    ("schedule", "decay", "rates"),
    [
        ("warmup_stable_decay", 4, [0.0, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.0775, 0.055, 0.0325]),
        ("cosine", 0, [0.0, 0.05, 0.1, 0.0966, 0.0868, 0.0722, 0.055, 0.0378, 0.0232, 0.0134]),
    ],
)
def test_the_learning_rate_of_each_step(schedule: str, decay: int, rates: list[float]) -> None:
    import torch
    from nanotron.config import LRSchedulerArgs
    from nanotron.helpers import lr_scheduler_builder

    from seedbed.core.config.training import Optimizer
    from seedbed.models.training.nanotron.config import expand

    choice = Optimizer(
        learning_rate=0.1,
        min_learning_rate=0.01,
        weight_decay=0.0,
        beta1=0.9,
        beta2=0.9,
        epsilon=1e-8,
        clip_grad=1.0,
        schedule=schedule,  # type: ignore[arg-type]
        warmup_steps=2,
        decay_steps=decay,
    )

    class Base:
        def get_base_optimizer(self) -> torch.optim.Optimizer:
            return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)

    run = run_of("starter", "cpu")
    run = replace(run, recipe=run.recipe.model_copy(update={"steps": 10, "optimizer": choice}))
    scheduler = lr_scheduler_builder(Base(), LRSchedulerArgs(**expand(run)["optimizer"]["learning_rate_scheduler"]), 10)

    assert [0.1 * scheduler.lr_lambdas[0](step) for step in range(10)] == pytest.approx(rates, abs=1e-4)


def test_recipes_fit_on_a_page() -> None:
    for path in (ROOT / "recipes" / "train").glob("*.yaml"):
        assert len(yaml.safe_load(path.read_text())) <= 15
        assert len(path.read_text().splitlines()) < 80, path.name
