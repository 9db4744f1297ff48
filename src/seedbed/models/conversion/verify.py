"""Checks of a converted model, and 4-bit weights by GPTQ (not run on a GPU yet)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, GPTQConfig, LlamaForCausalLM

from seedbed.core.errors import ConversionError, MissingExtraError
from seedbed.models.conversion.convert import make_readable
from seedbed.models.training.nanotron_forward import nanotron_logits

TOLERANCE = 1e-5
"""Largest difference of two logits that is fp32 rounding, as a share of the largest logit where that is above 1."""


@dataclass(frozen=True, slots=True)
class LogitAgreement:
    """Differences of logits over `tokens` positions: largest and mean difference, largest logit, share of equal best tokens."""

    tokens: int
    largest: float
    mean: float
    scale: float
    same_best: float

    @property
    def allowed(self) -> float:
        """Largest difference that counts as rounding."""
        return TOLERANCE * max(1.0, self.scale)


def compare(reference: Tensor, other: Tensor) -> LogitAgreement:
    """Compare two sets of logits.

    Shape: both [B, T, V].  Unit: logits.  Error: fp32.
    """
    difference = (reference.float() - other.float()).abs()
    same = reference.argmax(-1) == other.argmax(-1)
    return LogitAgreement(
        tokens=same.numel(),
        largest=float(difference.max()),
        mean=float(difference.mean()),
        scale=float(reference.abs().max()),
        same_best=float(same.float().mean()),
    )


def verify(checkpoint: Path, folder: Path, ids: npt.NDArray[np.int64]) -> LogitAgreement:
    """Compare the model that loads from a folder with nanotron's own forward pass of the checkpoint.

    Shape: ids [B, T].  Error: fp32 on both sides.
    Raises: ConversionError when logits differ by more than rounding.
    """
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokens = torch.from_numpy(ids)
    with torch.no_grad():
        logits = model(input_ids=tokens).logits
    agreement = compare(nanotron_logits(checkpoint, tokens), logits)
    if not agreement.largest <= agreement.allowed:  # true for NaN too
        raise ConversionError(
            f"{checkpoint}: the converted model differs from nanotron's by {agreement.largest:.2g} in a logit. "
            f"Allowed: {agreement.allowed:.2g}. Nothing was written."
        )
    return agreement


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
