"""A nanotron checkpoint as a LlamaForCausalLM: architecture, weights, tokenizer, how to generate with it."""

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
"""Keys of the architecture that nanotron and transformers call the same."""

_SHAPE = _SAME_NAMES[:8]


def config_of(checkpoint: Path) -> LlamaConfig:
    """The architecture of a checkpoint as transformers names it.

    Raises: ConversionError when the checkpoint does not say it, or has what nanotron's Llama cannot have been trained with.
    """
    told = model_config(checkpoint)
    missing = [key for key in _SAME_NAMES if key not in told]
    if missing:
        raise ConversionError(f"{checkpoint}: model_config.json: {missing[0]} is missing. Allowed: a checkpoint of a Llama.")
    if told.get("rope_scaling"):
        raise ConversionError(f"{checkpoint}: model_config.json: rope_scaling is set. Allowed: null, as nanotron 0.4 ignores it.")
    return LlamaConfig(
        **{key: told[key] for key in _SAME_NAMES},
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_THETA},
        attention_bias=False,
        mlp_bias=False,
    )


def refuse_other_recipe(config: LlamaConfig, recipe: TrainRecipe, checkpoint: Path) -> None:
    """Raise ConversionError where the architecture of a checkpoint is not the recipe's."""
    asked = llama_config(recipe)
    for key in _SHAPE:
        found, wanted = getattr(config, key), getattr(asked, key)
        if found != wanted:
            raise ConversionError(
                f"{checkpoint}: {key} {found}, the recipe {recipe.name} says {wanted}. Allowed: a checkpoint of this recipe."
            )


def convert(checkpoint: Path, config: LlamaConfig) -> LlamaForCausalLM:
    """The model, with the weights of a checkpoint in the type they were saved in.

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
    _give_rotation(model, config)
    return model


def _give_rotation(model: LlamaForCausalLM, config: LlamaConfig) -> None:
    """The rotary tables are no weights, so a model that was made without memory has to be given them."""
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    model.config.dtype = next(model.parameters()).dtype


def _refuse_other_shapes(model: LlamaForCausalLM, weights: dict[str, torch.Tensor]) -> None:
    for name, expected in model.state_dict().items():
        if name in weights and weights[name].shape != expected.shape:
            raise ConversionError(
                f"{name}: {tuple(weights[name].shape)} in the checkpoint, the architecture has {tuple(expected.shape)}."
            )


def save(model: LlamaForCausalLM, folder: Path, tokenizer: Path, generation: dict[str, Any]) -> None:
    """Write a folder that `from_pretrained` loads: weights, architecture, tokenizer, generation.

    Raises: ConversionError when the tokenizer's vocabulary is not the model's.
    """
    refuse_other_tokenizer(model.config, tokenizer)
    model.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        bos_token_id=model.config.bos_token_id,
        eos_token_id=_ends(model.config.eos_token_id, tokenizer),
        pad_token_id=model.config.pad_token_id,
        **generation,
    )
    model.save_pretrained(folder)
    open_to_readers(folder)
    for name in TOKENIZER_FILES:
        if (tokenizer / name).is_file():
            shutil.copyfile(tokenizer / name, folder / name)


def open_to_readers(folder: Path) -> None:
    """Give weights the mode of any other new file of the folder: safetensors lets nobody but their owner read them."""
    mode = (folder / "config.json").stat().st_mode
    for path in folder.glob("*.safetensors"):
        path.chmod(mode)


def _ends(end_of_text: Any, tokenizer: Path) -> list[int]:
    """What ends a completion: the end of the text, and the mark of a next file, which is where a middle ends."""
    next_file = Tokenizer.from_file(str(tokenizer / "tokenizer.json")).token_to_id(FILE_SEP)
    return [end_of_text, *([] if next_file is None else [next_file])]


def refuse_other_tokenizer(config: LlamaConfig, folder: Path) -> None:
    """Raise ConversionError where a tokenizer has another number of tokens, or other ids for what ends and fills a text."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ConversionError(f"{folder}: no tokenizer.json. Allowed: a folder that `python -m pipeline.tokenize` wrote.")
    tokenizer = Tokenizer.from_file(str(path))
    size = tokenizer.get_vocab_size(with_added_tokens=True)
    if size != config.vocab_size:
        raise ConversionError(
            f"{folder}: {size:,} tokens, the model has {config.vocab_size:,}. Allowed: the run's own tokenizer."
        )
