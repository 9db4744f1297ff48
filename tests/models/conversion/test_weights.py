"""The table of names: both ways, nothing left over."""

from __future__ import annotations

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from seedbed.core.errors import ConversionError
from seedbed.models.conversion.weights import (
    EMBEDDING,
    OUTPUT_HEAD,
    halves_from_pairs,
    pairs_from_halves,
    to_nanotron,
    to_transformers,
    weight_table,
)


def config(*, tied: bool = False, kv_heads: int = 2) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=40,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=kv_heads,
        tie_word_embeddings=tied,
    )


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_weights_come_back_from_nanotron_as_they_went(tied: bool, kv_heads: int) -> None:
    shape = config(tied=tied, kv_heads=kv_heads)
    weights = {name: torch.randn_like(weight) for name, weight in LlamaForCausalLM(shape).state_dict().items()}

    back = to_transformers(to_nanotron(weights, shape), shape)

    assert back.keys() == weights.keys() - ({OUTPUT_HEAD} if tied else set())
    assert all(torch.equal(back[name], weights[name]) for name in back)


def test_the_table_names_every_weight_of_the_model_once() -> None:
    names = [part.name for entry in weight_table(config()) for part in entry.parts]

    assert sorted(names) == sorted(LlamaForCausalLM(config()).state_dict())


def test_pairs_of_rotated_features_become_halves() -> None:
    rows = torch.arange(8.0)[:, None]  # two heads of width 4

    assert halves_from_pairs(rows, 2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
    assert torch.equal(pairs_from_halves(halves_from_pairs(rows, 2), 2), rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({EMBEDDING: None}, f"{EMBEDDING} is not there"),
        ({"model.decoder.7.pp_block.mlp.down_proj.weight": torch.zeros(1)}, r"decoder\.7\..* has no place"),
        ({"model.decoder.0.pp_block.attn.qkv_proj.weight": torch.zeros(5, 32)}, r"qkv_proj\.weight: 5 rows.* has 64"),
    ],
)
def test_a_weight_without_its_like_is_an_error_that_names_it(change: dict[str, torch.Tensor | None], message: str) -> None:
    shape = config()
    whole = to_nanotron(LlamaForCausalLM(shape).state_dict(), shape)
    tensors = {name: tensor for name, tensor in (whole | change).items() if tensor is not None}

    with pytest.raises(ConversionError, match=message):
        to_transformers(tensors, shape)


def test_a_weight_that_nanotron_has_no_place_for_is_an_error_that_names_it() -> None:
    shape = config()
    weights = LlamaForCausalLM(shape).state_dict() | {"model.layers.0.self_attn.q_proj.bias": torch.zeros(32)}

    with pytest.raises(ConversionError, match=r"q_proj\.bias has no place"):
        to_nanotron(weights, shape)
