"""Write a model folder as one GGUF file, for llama.cpp and the programs built on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gguf
import numpy.typing as npt
from safetensors import safe_open
from transformers import LlamaConfig

from seedbed.core.errors import ConversionError
from seedbed.models.conversion.weights import pairs_from_halves
from seedbed.models.inference.gguf_header import TOKENIZER_JSON
from seedbed.models.training.architecture import ROPE_THETA

Array = npt.NDArray[Any]
_ARCHITECTURE: Final = "llama"
_NAMES: Final = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}
_OUTSIDE: Final = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
_BLOCK: Final = 32
"""Values that share a scale in Q8_0 and Q4_0."""


@dataclass(frozen=True, slots=True)
class GgufFormat:
    """Type of the matrices; `edge` is that of embedding and output head, which lose more from fewer bits."""

    name: str
    file_type: gguf.LlamaFileType
    matrix: gguf.GGMLQuantizationType
    edge: gguf.GGMLQuantizationType


_TYPE, _FILE = gguf.GGMLQuantizationType, gguf.LlamaFileType
FORMATS: Final = {
    "f16": GgufFormat("f16", _FILE.MOSTLY_F16, _TYPE.F16, _TYPE.F16),
    "Q8_0": GgufFormat("Q8_0", _FILE.MOSTLY_Q8_0, _TYPE.Q8_0, _TYPE.Q8_0),
    "Q4_0": GgufFormat("Q4_0", _FILE.MOSTLY_Q4_0, _TYPE.Q4_0, _TYPE.Q8_0),
}


@dataclass(frozen=True, slots=True)
class GgufMetadata:
    """Name, description and license that a GGUF file states."""

    name: str
    description: str
    license: str


def write(folder: Path, path: Path, form: GgufFormat, about: GgufMetadata) -> None:
    """Write the transformers folder of a Llama as a GGUF file. One tensor is in memory at a time.

    Raises: ConversionError for a weight without a name in GGUF, or a tokenizer whose ids have gaps.
    """
    config = LlamaConfig.from_pretrained(folder)
    writer = gguf.GGUFWriter(path, _ARCHITECTURE, use_temp_file=True)
    _add_metadata(writer, config, form, about)
    _add_tokenizer(writer, folder, config)
    for name, tensor in _tensors(folder, config):
        type_ = _type_of(name, tensor, form)
        writer.add_tensor(name, gguf.quantize(tensor, type_), raw_dtype=type_)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add_metadata(writer: gguf.GGUFWriter, config: LlamaConfig, form: GgufFormat, about: GgufMetadata) -> None:
    writer.add_name(about.name)
    writer.add_description(about.description)
    writer.add_license(about.license)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads or config.num_attention_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(ROPE_THETA)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
    writer.add_vocab_size(config.vocab_size)
    writer.add_file_type(form.file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _add_tokenizer(writer: gguf.GGUFWriter, folder: Path, config: LlamaConfig) -> None:
    """Vocabulary and merges as they are, so that ids mean the same. See docs/method/models.md."""
    text = (folder / "tokenizer.json").read_text(encoding="utf-8")
    data = json.loads(text)
    tokens, types = _vocabulary(data)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE_TOKENIZER)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_string(TOKENIZER_JSON, text)  # with our pre-tokenizer, for programs that read it
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in data["model"]["merges"]])
    for add, number in (
        (writer.add_bos_token_id, config.bos_token_id),
        (writer.add_eos_token_id, config.eos_token_id),
        (writer.add_pad_token_id, config.pad_token_id),
    ):
        if isinstance(number, int):
            add(number)
    writer.add_add_bos_token(False)
    for key, token in FIM_KEYS.items():
        if token in tokens:
            writer.add_uint32(key, tokens.index(token))


PRE_TOKENIZER: Final = "qwen2"
"""llama.cpp's pre-tokenizer closest to ours: 88 % of 4,710 lines of code get the same ids (docs/method/models.md)."""

FIM_KEYS: Final = {
    "tokenizer.ggml.fim_pre_token_id": "<fim_prefix>",
    "tokenizer.ggml.fim_suf_token_id": "<fim_suffix>",
    "tokenizer.ggml.fim_mid_token_id": "<fim_middle>",
    "tokenizer.ggml.fim_pad_token_id": "<fim_pad>",
    "tokenizer.ggml.fim_rep_token_id": "<repo_name>",
    "tokenizer.ggml.fim_sep_token_id": "<file_sep>",
}


def _vocabulary(data: dict[str, Any]) -> tuple[list[str], list[int]]:
    """Tokens by id, and the type of each: text, or a special token that no text is encoded to."""
    by_id = {number: token for token, number in data["model"]["vocab"].items()}
    types = dict.fromkeys(by_id, gguf.TokenType.NORMAL)
    for added in data["added_tokens"]:
        by_id[added["id"]] = added["content"]
        types[added["id"]] = gguf.TokenType.CONTROL if added["special"] else gguf.TokenType.USER_DEFINED
    if sorted(by_id) != list(range(len(by_id))):
        raise ConversionError("tokenizer.json: ids are not consecutive. Allowed: ids from 0 without a gap.")
    return [by_id[number] for number in range(len(by_id))], [int(types[number]) for number in range(len(by_id))]


def _tensors(folder: Path, config: LlamaConfig) -> Iterator[tuple[str, Array]]:
    """Weights by GGUF name, in fp32; rows of query and key in pairs, which is llama.cpp's order.

    Source: llama.cpp convert_hf_to_gguf.py, LlamaModel.permute.
    """
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt", device="cpu") as file:
            for key in sorted(file.keys()):
                name = gguf_name(key)
                tensor = file.get_tensor(key).float()
                rotated = heads.get(name.split(".")[-2], 0)
                yield name, (pairs_from_halves(tensor, rotated) if rotated else tensor).numpy()


def gguf_name(name: str) -> str:
    """Name of a weight in GGUF. Raises: ConversionError for a weight that a Llama without biases does not have.

    >>> gguf_name("model.layers.3.self_attn.q_proj.weight")
    'blk.3.attn_q.weight'
    """
    if name in _OUTSIDE:
        return _OUTSIDE[name]
    parts = name.split(".")
    inside = ".".join(parts[3:-1])
    if parts[:2] != ["model", "layers"] or inside not in _NAMES:
        raise ConversionError(f"{name}: no name in GGUF. Allowed: the weights of a Llama without biases.")
    return f"blk.{parts[2]}.{_NAMES[inside]}.weight"


def _type_of(name: str, tensor: Array, form: GgufFormat) -> gguf.GGMLQuantizationType:
    """Type to store a tensor in: fp32 for vectors and for matrices whose rows do not divide into blocks."""
    wanted = form.edge if name in {"token_embd.weight", "output.weight"} else form.matrix
    quantised = wanted not in {_TYPE.F16, _TYPE.F32}
    if tensor.ndim < 2 or (quantised and tensor.shape[-1] % _BLOCK):
        return _TYPE.F32
    return wanted
