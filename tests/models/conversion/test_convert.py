"""The converted model is the trained one: its logits are those of nanotron's own forward."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from seedbed.core.errors import ConversionError
from seedbed.models.conversion.convert import config_of, convert, refuse_other_tokenizer, save
from seedbed.models.conversion.verify import TOLERANCE, compare, verify
from seedbed.models.conversion.weights import to_nanotron
from seedbed.models.training.checkpoint_shards import read_tensors
from seedbed.models.training.nanotron_forward import nanotron_logits
from tests.models.layouts import LAYOUTS, MANY_RANKS, VOCABULARY, make
from tests.models.runs import make_tokenizer


@pytest.fixture
def ids() -> torch.Tensor:
    return torch.randint(0, VOCABULARY, (2, 64), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_logits_are_nanotrons(checkpoints: Path, small_tokenizer: Path, tmp_path: Path, ids: torch.Tensor, name: str) -> None:
    save(convert(checkpoints / name, config_of(checkpoints / name)), tmp_path, small_tokenizer, {})

    agreement = verify(checkpoints / name, tmp_path, ids.numpy())

    assert agreement.largest <= TOLERANCE
    assert agreement.same_best == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("name", list(MANY_RANKS))
def test_logits_are_nanotrons_from_many_ranks(small_tokenizer: Path, tmp_path: Path, ids: torch.Tensor, name: str) -> None:
    make(tmp_path, MANY_RANKS)
    save(convert(tmp_path / name, config_of(tmp_path / name)), tmp_path / "model", small_tokenizer, {})

    assert verify(tmp_path / name, tmp_path / "model", ids.numpy()).largest <= TOLERANCE


@pytest.mark.parametrize("name", ["tp1", "tp2-tied-gqa"])
def test_a_model_goes_back_to_the_tensors_it_came_from(checkpoints: Path, name: str) -> None:
    config = config_of(checkpoints / name)

    back = to_nanotron(convert(checkpoints / name, config).state_dict(), config)

    tensors = read_tensors(checkpoints / name)
    assert back.keys() == tensors.keys()
    assert all(torch.equal(back[key], tensors[key]) for key in tensors)


def test_who_may_read_the_architecture_may_read_the_weights(checkpoints: Path, small_tokenizer: Path, tmp_path: Path) -> None:
    save(convert(checkpoints / "tp1", config_of(checkpoints / "tp1")), tmp_path, small_tokenizer, {})

    assert len({path.stat().st_mode for path in tmp_path.iterdir()}) == 1


def test_weights_keep_the_type_they_were_saved_in(checkpoints: Path, small_tokenizer: Path, tmp_path: Path) -> None:
    checkpoint = Path(shutil.copytree(checkpoints / "tp1", tmp_path / "bf16"))
    for path in checkpoint.rglob("*.safetensors"):
        _rewrite_as_bfloat16(path)

    save(convert(checkpoint, config_of(checkpoint)), tmp_path / "model", small_tokenizer, {})

    weights = load_file(tmp_path / "model" / "model.safetensors")
    assert {weight.dtype for weight in weights.values()} == {torch.bfloat16}
    assert json.loads((tmp_path / "model" / "config.json").read_text())["dtype"] == "bfloat16"


def _rewrite_as_bfloat16(path: Path) -> None:
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        header = file.metadata()
        data = file.get_tensor("data").bfloat16()
    save_file({"data": data}, path, header)


@pytest.mark.parametrize("weight", ["model.layers.2.self_attn.k_proj.weight", "model.norm.weight"])
def test_a_model_that_is_not_the_trained_one_is_refused(
    checkpoints: Path, small_tokenizer: Path, tmp_path: Path, ids: torch.Tensor, weight: str
) -> None:
    checkpoint = checkpoints / "tp1"
    save(convert(checkpoint, config_of(checkpoint)), tmp_path, small_tokenizer, {})
    weights = load_file(tmp_path / "model.safetensors")
    weights[weight] *= 1.001
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})

    with pytest.raises(ConversionError, match=r"differs from nanotron's by .* Nothing was written"):
        verify(checkpoint, tmp_path, ids.numpy())


def test_a_difference_that_is_no_number_is_refused() -> None:
    agreement = compare(torch.zeros(1, 2, 3), torch.full((1, 2, 3), float("nan")))

    assert not agreement.largest <= agreement.allowed


def test_nanotrons_last_words_are_told(checkpoints: Path, tmp_path: Path, ids: torch.Tensor) -> None:
    shutil.copy(checkpoints / "tp1" / "model_config.json", tmp_path)  # and no weights

    with pytest.raises(ConversionError, match="nanotron cannot run it: "):
        nanotron_logits(tmp_path, ids)


def test_a_tokenizer_of_another_size_is_refused(checkpoints: Path, tmp_path: Path) -> None:
    make_tokenizer(tmp_path, VOCABULARY + 8)

    with pytest.raises(ConversionError, match=r"520 tokens, the model has 512"):
        refuse_other_tokenizer(config_of(checkpoints / "tp1"), tmp_path)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("rms_norm_eps", None, "rms_norm_eps is missing"), ("rope_scaling", {"factor": 2}, "rope_scaling")],
)
def test_an_architecture_that_is_no_such_llama_is_refused(
    tmp_path: Path, checkpoints: Path, key: str, value: object, message: str
) -> None:
    config = json.loads((checkpoints / "tp1" / "model_config.json").read_text())
    config = {name: setting for name, setting in (config | {key: value}).items() if setting is not None}
    (tmp_path / "model_config.json").write_text(json.dumps(config))

    with pytest.raises(ConversionError, match=message):
        config_of(tmp_path)
