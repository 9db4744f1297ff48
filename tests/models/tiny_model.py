"""A tiny model whose weights are drawn, for tests of what runs models: no training, no checkpoint."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from seedbed.models.conversion.convert import save
from tests.models.layouts import SHAPE


def make_model(folder: Path, tokenizer: Path, context: int = 64, *, tied: bool = True, says: int | None = None) -> Path:
    """Write a folder as conversion does. `says` is the one token that it ever writes; only a model that is not tied can do that."""
    torch.manual_seed(5)
    config = {**SHAPE, "num_key_value_heads": 2, "initializer_range": 0.08, "max_position_embeddings": context}
    config.pop("rope_scaling")
    model = LlamaForCausalLM(
        LlamaConfig(**config, tie_word_embeddings=tied, rope_parameters={"rope_type": "default", "rope_theta": 10000.0})
    )
    if says is not None:
        _say_alone(model, says)
    folder.mkdir(parents=True)
    save(model, folder, tokenizer, {"do_sample": True})
    return folder


@torch.no_grad()
def _say_alone(model: LlamaForCausalLM, token: int) -> None:
    """Every layer adds nothing to an embedding of ones, and the head knows one token."""
    model.model.embed_tokens.weight.fill_(1)
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight.zero_()
        layer.mlp.down_proj.weight.zero_()
    model.lm_head.weight.zero_()
    model.lm_head.weight[token] = 1
