"""The next token from logits: one draw a row, each row with its own chance."""

from __future__ import annotations

import torch
from torch import Tensor

from seedbed.models.inference.backend import Sampling


def generator(seed: int) -> torch.Generator:
    """Chance of one completion; on the CPU, so that it is the same chance on every device."""
    return torch.Generator().manual_seed(seed % 2**63)


def draw(logits: Tensor, sampling: Sampling, chance: torch.Generator) -> int:
    """A token id. Shape: logits [V], float32 on the CPU."""
    if sampling.temperature == 0:
        return int(logits.argmax())
    kept = min(sampling.top_k or len(logits), len(logits))
    values, ids = logits.topk(kept)  # sorted from the best
    probabilities = torch.softmax(values / sampling.temperature, dim=-1)
    if sampling.top_p < 1:
        before = probabilities.cumsum(0) - probabilities
        probabilities[before >= sampling.top_p] = 0.0
    return int(ids[torch.multinomial(probabilities, 1, generator=chance)])
