"""One process's part of a training run, from its environment to the last checkpoint."""

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
from seedbed.models.training.metrics import Row
from seedbed.models.training.nanotron import checkpoints
from seedbed.models.training.nanotron.config import expand
from seedbed.models.training.nanotron.cpu import replaced, without_cuda
from seedbed.models.training.nanotron.data import batches
from seedbed.models.training.nanotron.ranks import refuse_alone
from seedbed.models.training.nanotron.trainer import Stopped, Trainer
from seedbed.models.training.run import Run

_ALONE = {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "0"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the run ended, whether because it was asked to, and whether this rank is the one that reports."""

    step: int
    is_reporter: bool
    is_stopped: bool
    seconds: float


def train(run: Run, report: Callable[[Row], None], resume: tuple[Path, checkpoints.Stamp] | None) -> Outcome:
    """Train this rank's part until the last step, or until SIGINT or SIGTERM, which write a checkpoint.

    Raises: CheckpointError when one cannot be written; InputError when the tokens are too few; LostRanksError.
    """
    for name, value in _ALONE.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("CUDA_DEVICE_MAX_CONNECTIONS", "1")  # nanotron asks for it in every tensor-parallel product
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
            refuse_alone(error)
            raise
        is_reporter = trainer.is_reporter
        trainer.parallel_context.destroy()
        return Outcome(trainer.iteration_step, is_reporter, is_stopped, trainer.seconds)


def write_config(run: Run, path: Path, resume: Path | None = None) -> None:
    """Write nanotron's configuration of a run as YAML."""
    config = expand(run)
    config["checkpoints"]["resume_checkpoint_path"] = resume and str(resume)
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what nobody here can act on: a bar for each checkpoint, and deprecations of the one in the other."""
    with warnings.catch_warnings(), replaced(weights, "tqdm", _plain):
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _plain(items: Iterable[Any], **_: object) -> Iterable[Any]:
    return items
