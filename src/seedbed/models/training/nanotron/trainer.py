"""nanotron's trainer with our initial weights, metrics, validation and checkpoints, and a resume that loses nothing."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from nanotron import distributed
from nanotron.trainer import DistributedTrainer
from safetensors import SafetensorError

from seedbed.core.errors import CheckpointError
from seedbed.models.training.metrics import Row
from seedbed.models.training.nanotron import checkpoints
from seedbed.models.training.nanotron.config import TrainConfig
from seedbed.models.training.nanotron.init import SeededLlama
from seedbed.models.training.nanotron.ranks import refuse_alone
from seedbed.models.training.nanotron.validate import Validation
from seedbed.models.training.run import Run
from seedbed.models.training.validation import bits_per_byte


class Stopped(Exception):  # noqa: N818 (it ends a loop, and is no error)
    """Raised inside the loop when a stop was asked for, after its checkpoint is written."""


class Trainer(DistributedTrainer):
    """Calls `report` with a row for each step and each validation, on the one rank that knows the loss."""

    def __init__(
        self,
        run: Run,
        config_file: Path,
        *,
        report: Callable[[Row], None],
        must_stop: Callable[[], bool],
        seconds: float = 0.0,
    ) -> None:
        self.run, self.report, self.must_stop = run, report, must_stop
        self._saved_step, self._began = -1, time.monotonic() - seconds
        super().__init__(str(config_file), config_class=TrainConfig, model_class=SeededLlama)

    def post_init(self) -> None:
        """Give the optimizer the learning rate of the step it stopped at.

        trainer.py:175-196 builds the scheduler after loading the optimizer, which sets the rate to the first step's, and
        loading the scheduler does not set it back.
        """
        groups = self.optimizer.get_base_optimizer().param_groups
        for group, rate in zip(groups, self.lr_scheduler.get_last_lr(), strict=True):
            group["lr"] = rate
        self.validation = Validation(self.run, self)

    def pre_training(self, *_: Any, **__: Any) -> None:
        """Measure where a fresh run begins. In place of nanotron's own, which logs in to wandb where it is installed."""
        self._saved_step = self.start_iteration_step
        if self.start_iteration_step == 0:
            self.validate()

    def train_step_logs(self, outputs: Any, loss_avg: torch.Tensor | None) -> None:
        """After each step: its row, the validation that is due, and a checkpoint when a stop was asked for."""
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
        """Wall seconds of training so far, those before the checkpoint included."""
        return time.monotonic() - self._began

    @property
    def is_last(self) -> bool:
        """Whether the step at hand is the run's last."""
        return bool(self.iteration_step == self.config.tokens.train_steps)

    @property
    def is_reporter(self) -> bool:
        """Whether this rank writes the metrics: it holds the last stage of the first replica."""
        return bool(distributed.get_rank(self.parallel_context.world_pg) == self.logger_ranks[0])

    @property
    def is_first(self) -> bool:
        """Whether this is rank 0."""
        return bool(distributed.get_rank(self.parallel_context.world_pg) == 0)

    def rate_of(self, step: int) -> float:
        """Learning rate that a step, counted from 1, was taken with."""
        return float(self.lr_scheduler.base_lrs[0] * self.lr_scheduler.lr_lambdas[0](step - 1))

    def validate(self) -> None:
        """Report the validation loss of the weights as they are."""
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
        """Write the checkpoint of this step, whole or not at all. Returns its folder.

        Raises: CheckpointError when the disk does not take it; the checkpoints before it stay as they are.
        """
        place = self.run.checkpoints / str(self.iteration_step)
        try:
            self._write_draft()
            if self.is_first:
                stamp = checkpoints.stamp_of(self.run, self.iteration_step, self.seconds)
                checkpoints.put(self.run.checkpoints, stamp, self.run.recipe.checkpoints.keep)
        except (OSError, RuntimeError, SafetensorError) as error:  # torch and safetensors say a full disk in their own ways
            refuse_alone(error)
            shutil.rmtree(checkpoints.draft(self.run.checkpoints), ignore_errors=True)
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise CheckpointError(
                f"{place}: cannot be written: {why}. The checkpoints before it are as they were. "
                "Allowed: make room there, then --resume."
            ) from error
        distributed.barrier(self.parallel_context.world_pg)
        self._saved_step = self.iteration_step
        return place

    def _write_draft(self) -> None:
        """Write nanotron's own checkpoint beside its place; the configuration inside names the place."""
        draft, settings = checkpoints.draft(self.run.checkpoints), self.config.checkpoints
        if self.is_first:
            shutil.rmtree(draft, ignore_errors=True)
        distributed.barrier(self.parallel_context.world_pg)
        settings.checkpoints_path = draft
        try:
            with torch.no_grad():  # it broadcasts weights to compare them, which the next backward pass would go through
                written = super().save_checkpoint()
        finally:
            settings.checkpoints_path = self.run.checkpoints
        if self.is_first:
            self.config.save_as_yaml(written / "config.yaml")
        distributed.barrier(self.parallel_context.world_pg)

    def _stop_is_asked(self) -> bool:
        """Whether any rank was asked: all of them stop after the same step."""
        asked = torch.tensor(float(self.must_stop()), device="cuda")
        if self.parallel_context.world_pg.size() > 1:
            distributed.all_reduce(asked, group=self.parallel_context.world_pg, op=distributed.ReduceOp.MAX)
        return bool(asked)
