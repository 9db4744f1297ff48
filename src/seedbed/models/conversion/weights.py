"""One table of weight names for both directions: nanotron 0.4's Llama and transformers' LlamaForCausalLM.

A weight that is missing or that the table does not know is an error with its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import LlamaConfig

from seedbed.core.errors import ConversionError

EMBEDDING = "model.token_position_embeddings.pp_block.token_embedding.weight"
OUTPUT_HEAD = "lm_head.weight"


@dataclass(frozen=True, slots=True)
class TransformersWeight:
    """Rows of a nanotron weight that are one weight of transformers; `heads` with rotary embedding, 0 for none."""

    name: str
    rows: int
    heads: int = 0


@dataclass(frozen=True, slots=True)
class NanotronWeight:
    """A nanotron weight and the weights of transformers that it stacks, in this order."""

    nanotron: str
    parts: tuple[TransformersWeight, ...]


def weight_table(config: LlamaConfig) -> tuple[NanotronWeight, ...]:
    """Every weight of the architecture; a tied output head has no entry, because it is the embedding."""
    width, vocabulary = config.hidden_size, config.vocab_size
    entries = [_plain(EMBEDDING, "model.embed_tokens.weight", vocabulary)]
    for layer in range(config.num_hidden_layers):
        entries += _layer(config, layer)
    entries.append(_plain("model.final_layer_norm.pp_block.weight", "model.norm.weight", width))
    if not config.tie_word_embeddings:
        entries.append(_plain("model.lm_head.pp_block.weight", OUTPUT_HEAD, vocabulary))
    return tuple(entries)


def _layer(config: LlamaConfig, layer: int) -> Iterator[NanotronWeight]:
    """The weights of one decoder layer. Source: nanotron 0.4 models/llama.py, CausalSelfAttention and MLP."""
    ours, theirs = f"model.decoder.{layer}.pp_block", f"model.layers.{layer}"
    heads, inner = config.num_attention_heads, config.intermediate_size
    shared = config.num_key_value_heads or heads
    head_width = config.hidden_size // heads
    query = TransformersWeight(f"{theirs}.self_attn.q_proj.weight", heads * head_width, heads)
    key = TransformersWeight(f"{theirs}.self_attn.k_proj.weight", shared * head_width, shared)
    value = TransformersWeight(f"{theirs}.self_attn.v_proj.weight", shared * head_width)
    gate, up = (
        TransformersWeight(f"{theirs}.mlp.gate_proj.weight", inner),
        TransformersWeight(f"{theirs}.mlp.up_proj.weight", inner),
    )
    yield NanotronWeight(f"{ours}.attn.qkv_proj.weight", (query, key, value))
    yield _plain(f"{ours}.attn.o_proj.weight", f"{theirs}.self_attn.o_proj.weight", config.hidden_size)
    yield NanotronWeight(f"{ours}.mlp.gate_up_proj.weight", (gate, up))
    yield _plain(f"{ours}.mlp.down_proj.weight", f"{theirs}.mlp.down_proj.weight", config.hidden_size)
    for norm in ("input_layernorm", "post_attention_layernorm"):
        yield _plain(f"{ours}.{norm}.weight", f"{theirs}.{norm}.weight", config.hidden_size)


def _plain(ours: str, theirs: str, rows: int) -> NanotronWeight:
    return NanotronWeight(ours, (TransformersWeight(theirs, rows),))


def to_transformers(tensors: Mapping[str, Tensor], config: LlamaConfig) -> dict[str, Tensor]:
    """Nanotron's weights under transformers' names, for `load_state_dict`.

    Shape: as `weight_table` says.  Error: 0 (splits and reorders rows).

    Raises: ConversionError naming a weight that is missing, unknown, or of another size.
    """
    entries = weight_table(config)
    _refuse_leftovers(tensors.keys(), {entry.nanotron for entry in entries}, "the checkpoint")
    weights = {}
    for entry in entries:
        whole = tensors[entry.nanotron]
        rows = [part.rows for part in entry.parts]
        if whole.shape[0] != sum(rows):
            raise ConversionError(f"{entry.nanotron}: {whole.shape[0]} rows, the architecture has {sum(rows)}.")
        for part, tensor in zip(entry.parts, torch.split(whole, rows), strict=True):
            weights[part.name] = halves_from_pairs(tensor, part.heads) if part.heads else tensor.contiguous()
    return weights


def to_nanotron(weights: Mapping[str, Tensor], config: LlamaConfig) -> dict[str, Tensor]:
    """Transformers' weights under nanotron's names: the inverse of `to_transformers`.

    Raises: ConversionError naming a weight that is missing or unknown.
    """
    entries = weight_table(config)
    known = {part.name for entry in entries for part in entry.parts}
    tied = {OUTPUT_HEAD} if config.tie_word_embeddings else set()
    _refuse_leftovers(weights.keys() - tied, known, "the model")
    return {
        entry.nanotron: torch.cat(
            [pairs_from_halves(weights[part.name], part.heads) if part.heads else weights[part.name] for part in entry.parts]
        )
        for entry in entries
    }


def halves_from_pairs(weight: Tensor, heads: int) -> Tensor:
    """Reorder rows for rotary embedding: from nanotron's neighbours (0, 1), (2, 3), ... to transformers' two halves.

    Shape: [H d, D] -> [H d, D]; H heads of width d.
    Unit: none.  Error: 0 (a reordering).  Source: nanotron 0.4 models/llama.py, RotaryEmbedding(interleaved=True).
    """
    rows, columns = weight.shape
    return weight.view(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)


def pairs_from_halves(weight: Tensor, heads: int) -> Tensor:
    """The inverse of `halves_from_pairs`. Shape: [H d, D] -> [H d, D].  Error: 0."""
    rows, columns = weight.shape
    return weight.view(heads, 2, rows // heads // 2, columns).transpose(1, 2).reshape(rows, columns)


def _refuse_leftovers(names: Set[str], known: set[str], owner: str) -> None:
    for what, leftover in (("is not there", known - names), ("has no place in the architecture", names - known)):
        if leftover:
            raise ConversionError(
                f"{owner}: {min(leftover)} {what} ({len(leftover)} such). Allowed: a Llama of the recipe's shape."
            )
