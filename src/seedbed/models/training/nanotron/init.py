"""First weights: every matrix drawn whole from the seed and its name, and each rank keeps its own slices."""

from __future__ import annotations

import math
import zlib
from typing import Any

import torch
from nanotron.models.llama import LlamaForTraining
from nanotron.parallel.tensor_parallel.nn import TensorParallelRowLinear
from torch import Tensor


class SeededLlama(LlamaForTraining):
    """nanotron's Llama, with first weights that are the same model for every dp, tp and pp.

    nanotron 0.4 seeds all tensor-parallel ranks alike (trainer.py:159): the shards of a matrix start as copies of each
    other, and stay so, which is a model of 1/tp the width.
    """

    @torch.no_grad()
    def init_model_randomly(self, config: Any) -> None:
        """Standard deviations as nanotron's own: the recipe's, over sqrt(2 * layers) where a layer adds to its residual."""
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
    """A whole matrix on the CPU, normal around 0, that depends on its arguments alone."""
    generator = torch.Generator(device="cpu").manual_seed(seed + zlib.crc32(name.encode()))
    whole = torch.empty([int(size) for size in shape], device="cpu", dtype=torch.float32)
    return whole.normal_(0.0, deviation, generator=generator)


def _fill(weight: Any, whole: Tensor) -> None:
    for pair in weight.get_sharded_info().local_global_slices_pairs:
        weight[pair.local_slices] = whole[pair.global_slices].to(weight)
