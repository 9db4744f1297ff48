"""First weights do not depend on the layout, and shards are not copies of each other."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from seedbed.models.training.nanotron.trainer import draw
from tests.models.training.nanotron.tiny import Place, place

_FROZEN = {"steps": 1, "checkpoints": {"every_steps": 1}, "optimizer": {"warmup_steps": 1}, "validation": {"every_steps": 9}}
"""The first step of a warm-up has the learning rate 0: its checkpoint holds the first weights."""


def shards(ours: Place) -> dict[str, list[torch.Tensor]]:
    """Shards of each weight, in the order of their ranks."""
    folder, tensors = ours.out / "checkpoints" / "1" / "model", {}
    for path in sorted(folder.rglob("*.safetensors")):
        with safe_open(path, "pt") as file:
            tensors.setdefault(str(path.parent.relative_to(folder)), []).append(file.get_tensor("data"))
    return tensors


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[torch.Tensor]]:
    ours = place(tmp_path_factory.mktemp("halves"), parallelism={"tp": 2}, **_FROZEN)
    assert ours.train().returncode == 0
    return shards(ours)


def test_tensor_parallel_shards_differ_at_the_start(halves: dict[str, list[torch.Tensor]]) -> None:
    sharded = {name: pair for name, pair in halves.items() if pair[0].dim() == 2}

    assert len(sharded) == 2 * 4 + 1
    for name, (first, second) in sharded.items():
        assert not torch.equal(first, second), name


def test_shards_are_parts_of_the_matrix_that_one_process_starts_with(
    halves: dict[str, list[torch.Tensor]], tmp_path: Path
) -> None:
    ours = place(tmp_path, **_FROZEN)
    ours.train()

    whole = shards(ours)

    assert whole.keys() == halves.keys()
    for name, pair in halves.items():
        if pair[0].dim() == 2:
            assert sorted(torch.cat([half.flatten() for half in pair]).tolist()) == sorted(whole[name][0].flatten().tolist())


def test_a_matrix_depends_on_seed_and_name_alone() -> None:
    torch.manual_seed(1)
    first = draw("model.a", 5, (64, 32), 0.02)
    torch.manual_seed(2)

    assert torch.equal(first, draw("model.a", 5, (64, 32), 0.02))
    assert not torch.equal(first, draw("model.b", 5, (64, 32), 0.02))
    assert not torch.equal(first, draw("model.a", 6, (64, 32), 0.02))
    assert float(first.std()) == pytest.approx(0.02, rel=5 / math.sqrt(2 * first.numel()))
