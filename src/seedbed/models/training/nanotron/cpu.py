"""Run nanotron without CUDA: its hard-coded "cuda" becomes "cpu", and gloo replaces nccl."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from nanotron import distributed
from nanotron.models import llama
from nanotron.parallel.pipeline_parallel.p2p import P2P
from torch.overrides import TorchFunctionMode

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
