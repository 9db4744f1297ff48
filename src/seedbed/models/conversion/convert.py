"""Convert a nanotron checkpoint to a LlamaForCausalLM: architecture, weights, tokenizer, generation settings."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import ConversionError
from seedbed.models.conversion.weights import OUTPUT_HEAD, to_transformers
from seedbed.models.tokens.pretokenizer import FILE_SEP
from seedbed.models.training.architecture import ROPE_THETA, llama_config
from seedbed.models.training.checkpoint_shards import model_config, read_tensors

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")
_SAME_NAMES = (
    *("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "vocab_size"),
    *("max_position_embeddings", "tie_word_embeddings", "rms_norm_eps", "hidden_act", "initializer_range"),
    *("bos_token_id", "eos_token_id", "pad_token_id"),
)
"""Keys of the architecture with the same name in nanotron and transformers."""

_SHAPE = _SAME_NAMES[:8]


def config_of(checkpoint: Path) -> LlamaConfig:
    """The architecture of a checkpoint in transformers' form.

    Raises: ConversionError when model_config.json lacks a key, or sets what nanotron 0.4 ignores.
    """
    architecture = model_config(checkpoint)
    missing = [key for key in _SAME_NAMES if key not in architecture]
    if missing:
        raise ConversionError(f"{checkpoint}: model_config.json: {missing[0]} is missing. Allowed: a checkpoint of a Llama.")
    if architecture.get("rope_scaling"):
        raise ConversionError(f"{checkpoint}: model_config.json: rope_scaling is set. Allowed: null, as nanotron 0.4 ignores it.")
    return LlamaConfig(
        **{key: architecture[key] for key in _SAME_NAMES},
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA},
        attention_bias=False,
        mlp_bias=False,
    )


def refuse_other_recipe(config: LlamaConfig, recipe: TrainRecipe, checkpoint: Path) -> None:
    """Raise ConversionError where the architecture of a checkpoint differs from the recipe's."""
    wanted = llama_config(recipe)
    for key in _SHAPE:
        actual, expected = getattr(config, key), getattr(wanted, key)
        if actual != expected:
            raise ConversionError(
                f"{checkpoint}: {key} {actual}, the recipe {recipe.name} says {expected}. Allowed: a checkpoint of this recipe."
            )


def convert(checkpoint: Path, config: LlamaConfig) -> LlamaForCausalLM:
    """The model with the weights of a checkpoint, in the type they were saved in.

    Raises: ConversionError naming a weight that is missing, unknown, broken or not finite.
    """
    weights = to_transformers(read_tensors(checkpoint), config)
    if config.tie_word_embeddings:
        weights[OUTPUT_HEAD] = weights["model.embed_tokens.weight"]
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    _refuse_other_shapes(model, weights)
    model.load_state_dict(weights, strict=True, assign=True)
    model.tie_weights()
    _build_rotary_tables(model, config)
    return model


def _build_rotary_tables(model: LlamaForCausalLM, config: LlamaConfig) -> None:
    """Build the rotary tables, which are no weights and so still on the meta device."""
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    model.config.dtype = next(model.parameters()).dtype


def _refuse_other_shapes(model: LlamaForCausalLM, weights: dict[str, torch.Tensor]) -> None:
    for name, expected in model.state_dict().items():
        if name in weights and weights[name].shape != expected.shape:
            raise ConversionError(
                f"{name}: {tuple(weights[name].shape)} in the checkpoint, the architecture has {tuple(expected.shape)}."
            )


def save(model: LlamaForCausalLM, folder: Path, tokenizer: Path, generation: dict[str, Any]) -> None:
    """Write a folder that `from_pretrained` loads: weights, architecture, tokenizer, generation settings.

    Raises: ConversionError when the tokenizer has another number of tokens than the model.
    """
    refuse_other_tokenizer(model.config, tokenizer)
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        bos_token_id=model.config.bos_token_id,
        eos_token_id=_ends(model.config.eos_token_id, tokenizer),
        pad_token_id=model.config.pad_token_id,
        **generation,
    )
    model.save_pretrained(folder)
    make_readable(folder)
    for name in TOKENIZER_FILES:
        if (tokenizer / name).is_file():
            shutil.copyfile(tokenizer / name, folder / name)


def make_readable(folder: Path) -> None:
    """Give the weights the mode of the other files in the folder; safetensors writes them readable by the owner alone."""
    mode = (folder / "config.json").stat().st_mode
    for path in folder.glob("*.safetensors"):
        path.chmod(mode)


def _ends(end_of_text: Any, tokenizer: Path) -> list[int]:
    """Ids that end a completion: the end of the text, and the separator before the next file, which ends a middle."""
    next_file = Tokenizer.from_file(str(tokenizer / "tokenizer.json")).token_to_id(FILE_SEP)
    return [end_of_text, *([] if next_file is None else [next_file])]


def refuse_other_tokenizer(config: LlamaConfig, folder: Path) -> None:
    """Raise ConversionError where a folder has no tokenizer, or one with another number of tokens than the model."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ConversionError(f"{folder}: no tokenizer.json. Allowed: a folder that `seedbed tokenize` wrote.")
    tokenizer = Tokenizer.from_file(str(path))
    size = tokenizer.get_vocab_size(with_added_tokens=True)
    if size != config.vocab_size:
        raise ConversionError(
            f"{folder}: {size:,} tokens, the model has {config.vocab_size:,}. Allowed: the run's own tokenizer."
        )
