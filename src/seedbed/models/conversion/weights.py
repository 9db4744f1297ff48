"""One table of weight names, read both ways: nanotron 0.4's Llama and transformers' LlamaForCausalLM.

Nothing is left over on either side: a weight that the table does not know, or one that it wants and does not find, is an
error with its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import LlamaConfig

from seedbed.core.errors import ConversionError

EMBEDDING = "model.token_position_embeddings.pp_block.token_embedding.weight"
OUTPUT_HEAD = "lm_head.weight"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a nanotron weight that are a weight of transformers; `heads` are rotated, and 0 where nothing is."""

    name: str
    rows: int
    heads: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A nanotron weight and what it is in transformers: its parts lie below each other, in this order."""

    nanotron: str
    parts: tuple[Part, ...]


def table(config: LlamaConfig) -> tuple[Entry, ...]:
    """Every weight of the architecture; a tied output head is the embedding, and has no entry."""
    width, vocabulary = config.hidden_size, config.vocab_size
    entries = [_plain(EMBEDDING, "model.embed_tokens.weight", vocabulary)]
    for layer in range(config.num_hidden_layers):
        entries += _layer(config, layer)
    entries.append(_plain("model.final_layer_norm.pp_block.weight", "model.norm.weight", width))
    if not config.tie_word_embeddings:
        entries.append(_plain("model.lm_head.pp_block.weight", OUTPUT_HEAD, vocabulary))
    return tuple(entries)


def _layer(config: LlamaConfig, layer: int) -> Iterator[Entry]:
    """The weights of one decoder layer. Source: nanotron 0.4 models/llama.py, CausalSelfAttention and MLP."""
    ours, theirs = f"model.decoder.{layer}.pp_block", f"model.layers.{layer}"
    heads, inner = config.num_attention_heads, config.intermediate_size
    shared = config.num_key_value_heads or heads
    head_width = config.hidden_size // heads
    query = Part(f"{theirs}.self_attn.q_proj.weight", heads * head_width, heads)
    key = Part(f"{theirs}.self_attn.k_proj.weight", shared * head_width, shared)
    value = Part(f"{theirs}.self_attn.v_proj.weight", shared * head_width)
    gate, up = Part(f"{theirs}.mlp.gate_proj.weight", inner), Part(f"{theirs}.mlp.up_proj.weight", inner)
    yield Entry(f"{ours}.attn.qkv_proj.weight", (query, key, value))
    yield _plain(f"{ours}.attn.o_proj.weight", f"{theirs}.self_attn.o_proj.weight", config.hidden_size)
    yield Entry(f"{ours}.mlp.gate_up_proj.weight", (gate, up))
    yield _plain(f"{ours}.mlp.down_proj.weight", f"{theirs}.mlp.down_proj.weight", config.hidden_size)
    for norm in ("input_layernorm", "post_attention_layernorm"):
        yield _plain(f"{ours}.{norm}.weight", f"{theirs}.{norm}.weight", config.hidden_size)


def _plain(ours: str, theirs: str, rows: int) -> Entry:
    return Entry(ours, (Part(theirs, rows),))


def to_transformers(tensors: Mapping[str, Tensor], config: LlamaConfig) -> dict[str, Tensor]:
    """Weights of nanotron by transformers' names, for `load_state_dict`.

    Raises: ConversionError naming a weight that is missing, unknown, or of another size.
    """
    entries = table(config)
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
    """The way back: transformers' weights by nanotron's names.

    Raises: ConversionError naming a weight that is missing or unknown.
    """
    entries = table(config)
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
    """Rows of rotated features from nanotron's order to transformers': (0, 1), (2, 3), ... to first and second halves.

    Shape: [H d, D] -> [H d, D]; H heads of width d.
    Unit: none.  Error: 0 (a reordering).  Source: nanotron 0.4 models/llama.py, RotaryEmbedding(interleaved=True).
    """
    rows, columns = weight.shape
    return weight.view(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)


def pairs_from_halves(weight: Tensor, heads: int) -> Tensor:
    """The inverse of `halves_from_pairs`. Shape: [H d, D] -> [H d, D].  Error: 0."""
    rows, columns = weight.shape
    return weight.view(heads, 2, rows // heads // 2, columns).transpose(1, 2).reshape(rows, columns)


def _refuse_leftovers(found: Collection[str], known: set[str], whose: str) -> None:
    names = set(found)
    for what, leftover in (("is not there", known - names), ("has no place in the architecture", names - known)):
        if leftover:
            raise ConversionError(
                f"{whose}: {min(leftover)} {what} ({len(leftover)} such). Allowed: a Llama of the recipe's shape."
            )
