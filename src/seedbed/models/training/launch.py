"""Start the ranks of a run on this machine, one process each, and supervise them."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import TrainingError

LOST: Final = 75
"""Exit code of a rank that failed because another rank had failed."""

STOPPED: Final = 130
"""Exit code of a rank or a run that wrote its checkpoint after SIGINT or SIGTERM."""

PARENT: Final = "SEEDBED_PARENT"
"""Environment variable with the process id of the supervisor."""
_POLL_SECONDS = 0.05
_GRACE_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


def threads() -> int:
    """Threads of this rank: the available cores divided by the ranks on this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def limit_torch_threads() -> None:
    """Let torch use only the threads of this rank."""
    import torch

    torch.set_num_threads(threads())


def run_ranks(command: Sequence[str], ranks: int, shown: int, logs: Path) -> int:
    """Start one process per rank with torchrun's environment variables, and wait for all of them.

    SIGINT and SIGTERM reach every rank as SIGTERM. Rank `shown` writes to the terminal, the others to logs/rank-<n>.txt.
    Returns: the common exit code, or that of `shown` when it failed, since it has printed its own error.
    Raises: TrainingError with the last line of another rank that fails; the rest is killed.
    """
    logs.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for rank in range(ranks):
            log = None if rank == shown else logs / f"rank-{rank}.txt"
            processes.append(_start(command, _variables(rank, ranks, port), log))
        with _forwarded_signals(processes):
            codes = _wait(processes)
    finally:
        _kill(processes)
    return _verdict(codes, shown, logs)


def refuse_impossible(recipe: TrainRecipe) -> None:
    """Raises: RecipeError for a layout that cannot work, or that the hardware has no memory for."""
    from seedbed.models.training.plan import plan  # transformers' Llama takes seconds to import, and ranks need none of it

    plan(recipe)


def is_launched() -> bool:
    """Whether this process is a rank of `run_ranks`, whose caller has checked everything."""
    return PARENT in os.environ


def end_with_parent() -> None:
    """Send SIGTERM to this rank when the process of `run_ranks` dies for any reason (Linux only)."""
    parent = os.environ.get(PARENT)
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):
            os.kill(os.getpid(), signal.SIGTERM)


def _variables(rank: int, ranks: int, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(ranks),
        "LOCAL_WORLD_SIZE": str(ranks),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        PARENT: str(os.getpid()),
    }


def _start(command: Sequence[str], variables: dict[str, str], log: Path | None) -> subprocess.Popen[bytes]:
    """Start a rank in its own session: Ctrl-C then reaches only the supervisor, which forwards it once."""
    if log is None:
        return subprocess.Popen(command, env=variables, start_new_session=True)
    with log.open("wb") as stream:
        return subprocess.Popen(command, env=variables, stdout=stream, stderr=stream, start_new_session=True)


@contextmanager
def _forwarded_signals(processes: Sequence[subprocess.Popen[bytes]]) -> Iterator[None]:
    def forward(*_: object) -> None:
        for process in processes:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(processes: Sequence[subprocess.Popen[bytes]]) -> list[int | None]:
    """Exit codes; None for ranks that still run `_GRACE_SECONDS` after the first failure."""
    deadline: float | None = None
    while True:
        codes = [_code(process) for process in processes]
        if None not in codes or (deadline is not None and time.monotonic() > deadline):
            return codes
        if deadline is None and any(code not in (None, 0, STOPPED) for code in codes):
            deadline = time.monotonic() + _GRACE_SECONDS
        time.sleep(_POLL_SECONDS)


def _code(process: subprocess.Popen[bytes]) -> int | None:
    """Exit code; SIGTERM before a rank handles signals counts as stopped."""
    code = process.poll()
    return STOPPED if code == -signal.SIGTERM else code


def _kill(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.kill()  # on SIGTERM it would try to write a checkpoint, which needs the other ranks
    for process in processes:
        process.wait()


def _verdict(codes: Sequence[int | None], shown: int, logs: Path) -> int:
    failed = [rank for rank, code in enumerate(codes) if code not in (None, 0, STOPPED, LOST)]
    if not failed:
        lost = LOST in codes or None in codes
        return LOST if lost else max(code or 0 for code in codes)
    if shown in failed:
        return codes[shown] or LOST
    rank = failed[0]
    code, log = codes[rank] or 0, logs / f"rank-{rank}.txt"
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "").removeprefix("seedbed: ")
    if code < 0:
        raise TrainingError(f"rank {rank}: ended by {signal.Signals(-code).name}. The last checkpoint is whole: --resume.")
    raise TrainingError(f"rank {rank}: {last} (log: {log})")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
