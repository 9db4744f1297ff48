"""A tiny model whose weights are drawn, for tests of what runs models: no training, no checkpoint."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from seedbed.model.convert import save
from tests.model.layouts import SHAPE


def make_model(folder: Path, tokenizer: Path, context: int = 64, *, tied: bool = True) -> Path:
    """Write a folder as conversion does."""
    torch.manual_seed(5)
    told = {**SHAPE, "num_key_value_heads": 2, "initializer_range": 0.08, "max_position_embeddings": context}
    told.pop("rope_scaling")
    model = LlamaForCausalLM(
        LlamaConfig(**told, tie_word_embeddings=tied, rope_parameters={"rope_type": "default", "rope_theta": 10000.0})
    )
    folder.mkdir(parents=True)
    save(model, folder, tokenizer, {"do_sample": True})
    return folder
