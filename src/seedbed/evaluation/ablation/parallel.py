"""Run commands in parallel, each on its share of the cores."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seedbed.core.errors import TrainingError
from seedbed.models.training.launch import PARENT

_POLL_SECONDS: Final = 0.5
_GRACE_SECONDS: Final = 60.0
"""Time for a run to finish its step and write a checkpoint."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, its name, and its log file."""

    name: str
    words: tuple[str, ...]
    log: Path


def run_all(commands: Sequence[Command], at_once: int, tick: Callable[[], None], ended: Callable[[Command], None]) -> None:
    """Run commands, `at_once` at a time, until all have ended well.

    When one fails, or this process is interrupted or ends, the others are asked to stop, and keep what they have.
    Args: tick: called again and again meanwhile; ended: called with each that ends.
    Raises: TrainingError naming the one that failed, with its last line.
    """
    waiting, running = list(commands), dict[Command, subprocess.Popen[bytes]]()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                command = waiting.pop(0)
                running[command] = _start(command, min(at_once, len(commands)))
            for command in [started for started, process in running.items() if process.poll() is not None]:
                if code := running.pop(command).returncode:
                    raise TrainingError(f"{command.name}: {_last_line(command.log, code)} (log: {command.log})")
                ended(command)
            tick()
            if running:
                time.sleep(_POLL_SECONDS)
    finally:
        _stop(list(running.values()))


def _start(command: Command, neighbours: int) -> subprocess.Popen[bytes]:
    """In a session of its own: ctrl-C reaches this process alone, which hands it on; each takes its share of the cores."""
    command.log.parent.mkdir(parents=True, exist_ok=True)
    variables = {**os.environ, "LOCAL_WORLD_SIZE": str(neighbours), PARENT: str(os.getpid())}
    with command.log.open("ab") as log:
        return subprocess.Popen(command.words, env=variables, stdout=log, stderr=log, start_new_session=True)


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        process.kill()
        process.wait()


def _last_line(log: Path, code: int) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1].removeprefix("seedbed: ") if lines else f"exit code {code}"
