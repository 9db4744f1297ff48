"""Whole tensors out of checkpoints that nanotron wrote, and what is said of those that are not whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from seedbed.core.errors import ConversionError
from seedbed.models.training.checkpoint_shards import model_config, read_tensors

DOWN = "model/model/decoder/1/pp_block/mlp/down_proj"
SHARD = f"{DOWN}/model_weight_pp-rank-0-of-1_tp-rank-1-of-2.safetensors"


@pytest.fixture
def tp2(checkpoints: Path, tmp_path: Path) -> Path:
    """A copy of a checkpoint of two tensor-parallel ranks, to be damaged."""
    return Path(shutil.copytree(checkpoints / "tp2", tmp_path / "tp2"))


@pytest.mark.parametrize(
    ("first", "second"),
    [("tp1", "tp2"), ("tp1", "pp2"), ("tp1", "dp2"), ("tp1-tied-gqa", "tp2-tied-gqa"), ("tp1-tied-gqa", "pp2-tied-gqa")],
)
def test_every_layout_gives_the_same_tensors(checkpoints: Path, first: str, second: str) -> None:
    left, right = read_tensors(checkpoints / first), read_tensors(checkpoints / second)

    assert left.keys() == right.keys()
    assert all(torch.equal(left[name], right[name]) for name in left)


def test_a_missing_shard_is_named(tp2: Path) -> None:
    (tp2 / SHARD).unlink()

    with pytest.raises(ConversionError, match=r"down_proj\.weight: the shard of rank 1 is missing"):
        read_tensors(tp2)


def test_a_shard_cut_short_is_named(tp2: Path) -> None:
    data = (tp2 / SHARD).read_bytes()
    (tp2 / SHARD).write_bytes(data[: len(data) // 2])

    with pytest.raises(ConversionError, match=r"tp-rank-1-of-2\.safetensors: a broken shard"):
        read_tensors(tp2)


def test_shards_of_two_layouts_in_one_folder_are_refused(tp2: Path, checkpoints: Path) -> None:
    name = "model_weight_pp-rank-0-of-1_tp-rank-0-of-1.safetensors"
    shutil.copyfile(checkpoints / "tp1" / DOWN / name, tp2 / DOWN / name)

    with pytest.raises(ConversionError, match="more than one layout"):
        read_tensors(tp2)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_named_with_its_weight(tp2: Path, value: float) -> None:
    path = tp2 / "model/model/final_layer_norm/pp_block/model_weight.safetensors"
    data = load_file(path)
    data["data"][3] = value
    save_file(data, path)

    with pytest.raises(ConversionError, match=r"final_layer_norm.*: 1 of 64 values are NaN or infinite"):
        read_tensors(tp2)


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_a_folder_that_is_no_checkpoint_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "model_config.json").write_text(text)

    with pytest.raises(ConversionError, match="a nanotron checkpoint"):
        model_config(tmp_path)


def test_a_checkpoint_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="no weights in it"):
        read_tensors(tmp_path)
