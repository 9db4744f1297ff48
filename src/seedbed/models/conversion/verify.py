"""Verify a converted model: its logits against those of nanotron on the same tokens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from seedbed.core.errors import ConversionError
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
