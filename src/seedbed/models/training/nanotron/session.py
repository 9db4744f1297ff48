"""One rank of a training run, from its environment variables to the last checkpoint."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from nanotron.serialize import weights

from seedbed.core.io.signals import stop_requests
from seedbed.models.training.launch import threads
from seedbed.models.training.metrics import MetricsRow
from seedbed.models.training.nanotron import checkpoints
from seedbed.models.training.nanotron.config import expand
from seedbed.models.training.nanotron.cpu import replaced, without_cuda
from seedbed.models.training.nanotron.data import batches
from seedbed.models.training.nanotron.trainer import Stopped, Trainer, raise_if_lost
from seedbed.models.training.run import TrainingRun

_ALONE = {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0"}


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """Last step of the run, whether this rank reports, whether a signal stopped the run, seconds of training."""

    step: int
    is_reporter: bool
    is_stopped: bool
    seconds: float


def train(
    run: TrainingRun, report: Callable[[MetricsRow], None], resume: tuple[Path, checkpoints.Stamp] | None
) -> TrainingOutcome:
    """Train as one rank until the last step, or until SIGINT or SIGTERM, after which a checkpoint is written.

    Raises: CheckpointError when one cannot be written; InputError for too few tokens; LostRanksError when other ranks are gone.
    """
    for name, value in _ALONE.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("CUDA_DEVICE_MAX_CONNECTIONS", "1")  # nanotron asserts it in tensor-parallel layers
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        must_stop = stack.enter_context(stop_requests())
        if run.device == "cpu":
            torch.set_num_threads(threads())
            stack.enter_context(without_cuda())
        config_file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "config.yaml"
        write_config(run, config_file, resume and resume[0])
        trainer = Trainer(run, config_file, report=report, must_stop=must_stop, seconds=resume[1].seconds if resume else 0.0)
        is_stopped = False
        try:
            trainer.train(batches(trainer))
        except Stopped:
            is_stopped = True
        except RuntimeError as error:
            raise_if_lost(error)
            raise
        is_reporter = trainer.is_reporter
        trainer.parallel_context.destroy()
        return TrainingOutcome(trainer.iteration_step, is_reporter, is_stopped, trainer.seconds)


def write_config(run: TrainingRun, path: Path, resume: Path | None = None) -> None:
    """Write nanotron's configuration of a run as YAML."""
    config = expand(run)
    config["checkpoints"]["resume_checkpoint_path"] = resume and str(resume)
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide a progress bar per checkpoint, and deprecation warnings between torch and nanotron."""
    with warnings.catch_warnings(), replaced(weights, "tqdm", _plain):
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _plain(items: Iterable[Any], **_: object) -> Iterable[Any]:
    return items
