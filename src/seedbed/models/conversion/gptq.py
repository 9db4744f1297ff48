"""GPTQ quantization to 4 bits for GPUs, through transformers, `optimum` and `gptqmodel`. Not run on a GPU yet."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPTQConfig

from seedbed.core.errors import ConversionError, MissingExtraError
from seedbed.models.conversion.convert import make_readable

_NEEDED = ("optimum", "gptqmodel")


def refuse_without_gpu() -> None:
    """Raise MissingExtraError for a missing package, ConversionError without a GPU."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise MissingExtraError(f"int4: {missing[0]} is not installed. Allowed: pip install {' '.join(_NEEDED)}, on a GPU.")
    if not torch.cuda.is_available():
        raise ConversionError("int4: torch sees no CUDA device. Allowed: a machine and a torch that have one.")


def quantise(folder: Path, texts: Sequence[str], out: Path, *, group_size: int) -> None:
    """Write a model with 4-bit matrices; the output head is not quantised.

    Args: texts: calibration texts, on which GPTQ preserves the outputs of each layer; group_size: values that share a scale.
    Source: Frantar et al. 2022, "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers".
    """
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    config = GPTQConfig(bits=4, group_size=group_size, sym=True, desc_act=False, dataset=list(texts), tokenizer=tokenizer)
    model = AutoModelForCausalLM.from_pretrained(folder, quantization_config=config, dtype=torch.float16, device_map="auto")
    model.save_pretrained(out)
    make_readable(out)
    tokenizer.save_pretrained(out)
