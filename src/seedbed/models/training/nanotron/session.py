"""A training session: nanotron on this machine's processes, on a CPU too."""

from __future__ import annotations

import datetime
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
from nanotron import distributed
from nanotron.models import llama
from nanotron.parallel.pipeline_parallel.p2p import P2P
from nanotron.serialize import weights
from torch.overrides import TorchFunctionMode

from seedbed.core.io.process import stop_requests
from seedbed.models.training.launch import threads
from seedbed.models.training.metrics import MetricsRow
from seedbed.models.training.nanotron import checkpoints
from seedbed.models.training.nanotron.config import expand
from seedbed.models.training.nanotron.data import batches
from seedbed.models.training.nanotron.trainer import Stopped, Trainer, raise_if_lost
from seedbed.models.training.run import TrainingRun

_TIMEOUT = datetime.timedelta(minutes=10)
_CPU = torch.device("cpu")


@contextmanager
def without_cuda() -> Iterator[None]:
    """Run nanotron on the CPU inside the block; torch and nanotron are restored afterwards.

    Its trainer, optimizer, checkpoints and parallelism are not replaced. The three functions of torch.cuda are those that raise
    in a wheel without CUDA; the others that nanotron calls do nothing there.
    """
    with ExitStack() as stack:
        for name in ("set_device", "synchronize", "reset_peak_memory_stats"):
            stack.enter_context(replaced(torch.cuda, name, _nothing()))
        stack.enter_context(replaced(distributed, "initialize_torch_distributed", _initialize_gloo))
        # gloo averages by an in-place division, which autograd refuses on the parameters that trainer.py:582 passes
        stack.enter_context(replaced(distributed, "all_reduce", torch.no_grad()(distributed.all_reduce)))
        stack.enter_context(replaced(P2P, "__init__", _on_cpu(P2P.__init__)))
        stack.enter_context(replaced(llama.RotaryEmbedding, "init_rotary_embeddings", _nothing()))
        stack.enter_context(CudaToCpu())
        yield


class CudaToCpu(TorchFunctionMode):
    """Replace the device "cuda" in calls to torch by "cpu"; torch.set_default_device works the same way."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = dict(kwargs or {})
        if is_cuda(named.get("device")):
            named["device"] = _CPU
        if func is torch.Tensor.to and len(args) > 1 and is_cuda(args[1]):
            args = (args[0], _CPU, *args[2:])
        return func(*args, **named)


def is_cuda(device: object) -> bool:
    """Whether a device, or the name of one, is CUDA."""
    if isinstance(device, torch.device):
        return device.type == "cuda"
    return isinstance(device, str) and device.split(":")[0] == "cuda"


@contextmanager
def replaced(owner: Any, name: str, value: object) -> Iterator[None]:
    """Replace an attribute inside the block."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _nothing() -> Callable[..., None]:
    """A new function that does nothing: torch's compiler refuses the same function under two names.

    It also replaces the rotary table, which only nanotron's own generation reads.
    """

    def nothing(*_: Any, **__: Any) -> None:
        return None

    return nothing


def _on_cpu(original: Callable[..., None]) -> Callable[..., None]:
    """Pipeline buffers are also allocated in backward passes, where TorchFunctionMode does not apply."""

    def init(self: P2P, pg: Any, device: object) -> None:  # noqa: ARG001 (the signature is nanotron's)
        original(self, pg, _CPU)

    return init


def _initialize_gloo() -> bool:
    """nanotron.distributed.initialize_torch_distributed for gloo, from torchrun's environment variables."""
    torch.distributed.init_process_group(
        "gloo",
        init_method="env://",
        rank=int(os.environ["RANK"]),
        world_size=int(os.environ["WORLD_SIZE"]),
        timeout=_TIMEOUT,
    )
    return True


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
