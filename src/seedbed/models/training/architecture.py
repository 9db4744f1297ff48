"""The model of a recipe in transformers' form, and its exact number of parameters, counted on the meta device."""

from __future__ import annotations

from collections import Counter

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from seedbed.core.config.training import TrainRecipe

ROPE_THETA = 10_000.0
"""Base of the rotary embedding; nanotron 0.4 supports no other."""

_PARTS = {
    "embed_tokens": "embeddings",
    "lm_head": "output head",
    "self_attn": "attention",
    "mlp": "feed-forward",
    "norm": "norms",
}


def llama_config(recipe: TrainRecipe) -> LlamaConfig:
    """The recipe's architecture in transformers' form."""
    shape = recipe.model
    return LlamaConfig(
        vocab_size=recipe.tokenizer.vocabulary_size,
        hidden_size=shape.hidden,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        max_position_embeddings=shape.context,
        tie_word_embeddings=shape.tie_embeddings,
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA},
        attention_bias=False,
        mlp_bias=False,
    )


def parameters(recipe: TrainRecipe) -> dict[str, int]:
    """Number of parameters by part of the model; a tied output head counts as part of the embeddings."""
    with torch.device("meta"):
        model = LlamaForCausalLM(llama_config(recipe))
    counts: Counter[str] = Counter()
    for name, weight in model.named_parameters():
        part = next(part for key, part in _PARTS.items() if key in name)
        counts[part] += weight.numel()
    return dict(counts)
