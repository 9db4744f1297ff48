"""Is the converted model the trained one: the logits of both on the same tokens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from seedbed.core.errors import ConversionError
from seedbed.models.training.nanotron_forward import nanotron_logits

TOLERANCE = 1e-5
"""Largest difference of two logits, as a share of the largest logit where that is above 1: what fp32 rounds away."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Differences of logits over `tokens` positions: the largest, their mean, the largest logit, and how often both agree on
    the best token.
    """

    tokens: int
    largest: float
    mean: float
    scale: float
    same_best: float

    @property
    def allowed(self) -> float:
        """Largest difference that is still rounding."""
        return TOLERANCE * max(1.0, self.scale)


def compare(reference: Tensor, other: Tensor) -> Agreement:
    """Two sets of logits. Shape: [B, T, V] both."""
    difference = (reference.float() - other.float()).abs()
    same = reference.argmax(-1) == other.argmax(-1)
    return Agreement(
        tokens=same.numel(),
        largest=float(difference.max()),
        mean=float(difference.mean()),
        scale=float(reference.abs().max()),
        same_best=float(same.float().mean()),
    )


def verify(checkpoint: Path, folder: Path, ids: Tensor) -> Agreement:
    """Compare a model as it loads from its folder, in fp32, with nanotron's own forward of the checkpoint. Shape: ids [B, T].

    Raises: ConversionError when they differ by more than rounding.
    """
    model = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32)
    with torch.no_grad():
        ours = model(input_ids=ids).logits
    agreement = compare(nanotron_logits(checkpoint, ids), ours)
    if not agreement.largest <= agreement.allowed:  # also where it is not a number
        raise ConversionError(
            f"{checkpoint}: the converted model differs from nanotron's by {agreement.largest:.2g} in a logit. "
            f"Allowed: {agreement.allowed:.2g}. Nothing was written."
        )
    return agreement
