"""The ranks of a run on this machine: one process each, and one that watches over them."""

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

from seedbed.core.errors import TrainingError

LOST: Final = 75
"""Exit code of a rank that only failed because another one had."""

STOPPED: Final = 130
"""Exit code of a rank, and of a run, that was asked to stop and has written its checkpoint."""

PARENT: Final = "SEEDBED_PARENT"
"""Variable with the process that this one is to end with."""
_POLL_SECONDS = 0.05
_GRACE_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


def threads() -> int:
    """Threads for this rank: the cores that it may use, shared with the other ranks of this machine."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def run_ranks(command: Sequence[str], ranks: int, shown: int, logs: Path) -> int:
    """Start a process a rank with the variables that torchrun sets, and wait for all of them.

    SIGINT and SIGTERM are handed on as SIGTERM. The rank `shown` speaks to the terminal, the others to logs/rank-<n>.txt.
    Returns: the exit code they agree on, or that of `shown` when it failed, which has said why.
    Raises: TrainingError when another rank fails, with its last line; all others are ended.
    """
    logs.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for rank in range(ranks):
            log = None if rank == shown else logs / f"rank-{rank}.txt"
            processes.append(_start(command, _variables(rank, ranks, port), log))
        with _handed_on(processes):
            codes = _wait(processes)
    finally:
        _end(processes)
    return _verdict(codes, shown, logs)


def is_launched() -> bool:
    """Whether this is a rank of `run_ranks`, whose caller has looked at everything before."""
    return PARENT in os.environ


def end_with_parent() -> None:
    """Have this rank asked to stop when the process that `run_ranks` runs in dies, however it dies (on Linux)."""
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
    """In a session of its own, so that ctrl-C on the terminal reaches this process alone, which hands it on once."""
    if log is None:
        return subprocess.Popen(command, env=variables, start_new_session=True)
    with log.open("wb") as stream:
        return subprocess.Popen(command, env=variables, stdout=stream, stderr=stream, start_new_session=True)


@contextmanager
def _handed_on(processes: Sequence[subprocess.Popen[bytes]]) -> Iterator[None]:
    def hand_on(*_: object) -> None:
        for process in processes:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)

    before = {number: signal.signal(number, hand_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(processes: Sequence[subprocess.Popen[bytes]]) -> list[int | None]:
    """Exit codes; None for those still running a while after the first failure."""
    deadline: float | None = None
    while True:
        codes = [_code(process) for process in processes]
        if None not in codes or (deadline is not None and time.monotonic() > deadline):
            return codes
        if deadline is None and any(code not in (None, 0, STOPPED) for code in codes):
            deadline = time.monotonic() + _GRACE_SECONDS
        time.sleep(_POLL_SECONDS)


def _code(process: subprocess.Popen[bytes]) -> int | None:
    """A rank that gets SIGTERM before it listens has stopped too."""
    code = process.poll()
    return STOPPED if code == -signal.SIGTERM else code


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.kill()  # SIGTERM would ask it for a checkpoint that it cannot write without the others
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
    raise TrainingError(f"rank {rank}: {last} (all it said: {log})")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
