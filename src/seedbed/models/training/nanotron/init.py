"""Initial weights: every matrix is drawn whole from the seed and its name, and each rank keeps its slices."""

from __future__ import annotations

import math
import zlib
from typing import Any

import torch
from nanotron.models.llama import LlamaForTraining
from nanotron.parallel.tensor_parallel.nn import TensorParallelRowLinear
from torch import Tensor


class SeededLlama(LlamaForTraining):
    """nanotron's Llama with the same initial weights for every dp, tp and pp.

    nanotron 0.4 gives all tensor-parallel ranks the same seed (trainer.py:159): the shards of a matrix start equal and stay
    equal, which makes a model of 1/tp the width.
    """

    @torch.no_grad()
    def init_model_randomly(self, config: Any) -> None:
        """Nanotron's own standard deviations: the recipe's, divided by sqrt(2 * layers) for matrices that add to the residual."""
        super().init_model_randomly(config)
        prefixes = {id(module): f"{name}." for name, module in self.named_modules()} | {id(self): ""}
        deviation = config.model.init_method.std
        for name, weight in self.named_parameters():
            if not weight.is_sharded:
                continue  # norms: ones
            adds = isinstance(self.get_submodule(name.rpartition(".")[0]), TensorParallelRowLinear)
            tied = weight.get_tied_info().get_full_name_from_module_id_to_prefix(prefixes) if weight.is_tied else name
            scale = 1 / math.sqrt(2 * config.model.model_config.num_hidden_layers) if adds else 1.0
            _fill(weight, draw(tied, config.general.seed, weight.get_sharded_info().unsharded_shape, deviation * scale))


def draw(name: str, seed: int, shape: Any, deviation: float) -> Tensor:
    """A normally distributed matrix that depends only on the arguments. Shape: `shape`, float32 on the CPU."""
    generator = torch.Generator(device="cpu").manual_seed(seed + zlib.crc32(name.encode()))
    whole = torch.empty([int(size) for size in shape], device="cpu", dtype=torch.float32)
    return whole.normal_(0.0, deviation, generator=generator)


def _fill(weight: Any, whole: Tensor) -> None:
    for pair in weight.get_sharded_info().local_global_slices_pairs:
        weight[pair.local_slices] = whole[pair.global_slices].to(weight)
