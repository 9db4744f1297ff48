"""nanotron's trainer with its faults corrected: first weights, resumption, validation."""

from __future__ import annotations

import math
import shutil
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from nanotron import distributed
from nanotron.models.llama import LlamaForTraining
from nanotron.parallel.tensor_parallel.nn import TensorParallelRowLinear
from nanotron.trainer import DistributedTrainer
from safetensors import SafetensorError
from torch import Tensor
from torch.distributed import DistError

from seedbed.core.errors import CheckpointError, LostRanksError
from seedbed.models.training.metrics import MetricsRow, bits_per_byte
from seedbed.models.training.nanotron import checkpoints
from seedbed.models.training.nanotron.config import TrainConfig
from seedbed.models.training.nanotron.data import Validator
from seedbed.models.training.run import TrainingRun


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


class Stopped(Exception):  # noqa: N818 (it ends the loop and is no error)
    """Raised inside the training loop after the checkpoint of a stop request is written."""


class Trainer(DistributedTrainer):
    """Calls `report` with a row for each step and each validation, on the one rank that has the loss."""

    def __init__(
        self,
        run: TrainingRun,
        config_file: Path,
        *,
        report: Callable[[MetricsRow], None],
        must_stop: Callable[[], bool],
        seconds: float = 0.0,
    ) -> None:
        self.run, self.report, self.must_stop = run, report, must_stop
        self._saved_step, self._began = -1, time.monotonic() - seconds
        super().__init__(str(config_file), config_class=TrainConfig, model_class=SeededLlama)

    def post_init(self) -> None:
        """Restore the learning rate after a resume.

        trainer.py:175-196 builds the scheduler after loading the optimizer, which resets the rate to that of the first step;
        loading the scheduler does not restore it.
        """
        groups = self.optimizer.get_base_optimizer().param_groups
        for group, rate in zip(groups, self.lr_scheduler.get_last_lr(), strict=True):
            group["lr"] = rate
        self.validation = Validator(self.run, self)

    def pre_training(self, *_: Any, **__: Any) -> None:
        """Validate before the first step. Replaces nanotron's own method, which logs in to wandb where it is installed."""
        self._saved_step = self.start_iteration_step
        if self.start_iteration_step == 0:
            self.validate()

    def train_step_logs(self, outputs: Any, loss_avg: torch.Tensor | None) -> None:
        """After each step: report its row, validate when due, and write a checkpoint on a stop request. Raises: Stopped then."""
        if self.is_reporter and loss_avg is not None:
            loss = float(loss_avg)
            seconds = time.time() - self.iteration_start_time
            self.report(
                {
                    "step": self.iteration_step,
                    "loss": loss,
                    "lr": self.rate_of(self.iteration_step),
                    "grad_norm": float(self.grad_norm_unclipped),
                    "tokens_per_s": self.global_batch_size * self.sequence_length / seconds,
                    "seconds": self.seconds,
                }
            )
        if self.iteration_step % self.run.recipe.validation.every_steps == 0 or self.is_last:
            self.validate()
        if self._stop_is_asked() and not self.is_last:
            self.save_checkpoint()
            raise Stopped

    def post_training(self) -> None:
        if self._saved_step != self.iteration_step:
            self.save_checkpoint()

    @property
    def seconds(self) -> float:
        """Wall-clock seconds of training, including those before a resume."""
        return time.monotonic() - self._began

    @property
    def is_last(self) -> bool:
        """Whether the current step is the last of the run."""
        return bool(self.iteration_step == self.config.tokens.train_steps)

    @property
    def is_reporter(self) -> bool:
        """Whether this rank writes the metrics: the last pipeline stage of the first replica."""
        return bool(distributed.get_rank(self.parallel_context.world_pg) == self.logger_ranks[0])

    @property
    def is_first(self) -> bool:
        """Whether this is rank 0."""
        return bool(distributed.get_rank(self.parallel_context.world_pg) == 0)

    def rate_of(self, step: int) -> float:
        """Learning rate of a step, counted from 1."""
        return float(self.lr_scheduler.base_lrs[0] * self.lr_scheduler.lr_lambdas[0](step - 1))

    def validate(self) -> None:
        """Report the validation loss of the current weights."""
        loss = self.validation.loss()
        if loss is not None and self.is_reporter:
            self.report(
                {
                    "step": self.iteration_step,
                    "validation_loss": loss,
                    "bits_per_byte": bits_per_byte(loss, self.run.tokens),
                }
            )

    def save_checkpoint(self) -> Path:
        """Write the checkpoint of this step atomically. Returns: its folder.

        Raises: CheckpointError when it cannot be written, LostRanksError when other ranks are gone; earlier checkpoints stay.
        """
        place = self.run.checkpoints / str(self.iteration_step)
        try:
            self._write_draft()
            if self.is_first:
                stamp = checkpoints.stamp_of(self.run, self.iteration_step, self.seconds)
                checkpoints.put(self.run.checkpoints, stamp, self.run.recipe.checkpoints.keep)
        except (OSError, RuntimeError, SafetensorError) as error:  # torch and safetensors report a full disk as their own errors
            raise_if_lost(error)
            shutil.rmtree(checkpoints.draft(self.run.checkpoints), ignore_errors=True)
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise CheckpointError(
                f"{place}: cannot be written: {why}. The checkpoints before it are unchanged. "
                "Allowed: make room there, then --resume."
            ) from error
        distributed.barrier(self.parallel_context.world_pg)
        self._saved_step = self.iteration_step
        return place

    def _write_draft(self) -> None:
        """Write nanotron's own checkpoint to the draft folder; the configuration inside names the final folder."""
        draft, settings = checkpoints.draft(self.run.checkpoints), self.config.checkpoints
        if self.is_first:
            shutil.rmtree(draft, ignore_errors=True)
        distributed.barrier(self.parallel_context.world_pg)
        settings.checkpoints_path = draft
        try:
            with torch.no_grad():  # it broadcasts weights to compare them, and autograd would record that
                written = super().save_checkpoint()
        finally:
            settings.checkpoints_path = self.run.checkpoints
        if self.is_first:
            self.config.save_as_yaml(written / "config.yaml")
        distributed.barrier(self.parallel_context.world_pg)

    def _stop_is_asked(self) -> bool:
        """Whether any rank has a stop request: all ranks stop after the same step."""
        requested = torch.tensor(float(self.must_stop()), device="cuda")
        if self.parallel_context.world_pg.size() > 1:
            distributed.all_reduce(requested, group=self.parallel_context.world_pg, op=distributed.ReduceOp.MAX)
        return bool(requested)


def raise_if_lost(error: Exception) -> None:
    """Raise LostRanksError where gloo or nccl fails because another rank is gone; else do nothing."""
    if isinstance(error, DistError) or "gloo" in str(error):
        raise LostRanksError("the other ranks of this run are gone. The last checkpoint is whole. Allowed: --resume.") from error
