"""The process in which a stage runs: datatrove's local executor, with what it lacks.

The child tells its parent why it failed; it dies with its parent, and so does every process below it (on Linux); and a
worker that was killed is noticed, where the executor's own pool would wait for its task for ever.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.utils.stats import PipelineStats

from seedbed.core.errors import SeedbedError

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Work:
    """What a child process is to do; `prepare` is called once before its workers fork, for what they share."""

    steps: Sequence[PipelineStep]
    tasks: int
    workers: int
    logs: Path
    prepare: Callable[[], None] | None


class _Executor(LocalPipelineExecutor):
    """Each task holds the lock of a file as long as its process lives."""

    def _run_for_rank(self, rank: int, local_rank: int = 0, node_rank: int = -1) -> PipelineStats:
        folder = _running(Path(self.logging_dir.path))
        draft, path = folder / f".{rank:05d}", folder / f"{rank:05d}"
        with draft.open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            draft.rename(path)  # under its name it is locked from the first moment
            try:
                return super()._run_for_rank(rank, local_rank, node_rank)
            finally:
                path.unlink()


def run(work: Work, messages: Connection) -> None:
    """Do the work in this process, a forked child; it sends the message of a failure to `messages`."""
    _die_with_parent()
    os.register_at_fork(after_in_child=_die_with_parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-C reaches the whole group; the parent decides
    _stderr_to(work.logs / "stage.log")
    try:
        if work.prepare:
            work.prepare()
        _Executor(list(work.steps), tasks=work.tasks, workers=work.workers, logging_dir=str(work.logs), start_method="fork").run()
    except SeedbedError as error:
        messages.send(str(error))
        os._exit(2)
    except OSError as error:  # a full disk, a file that may not be read
        messages.send(f"stage {work.logs.name}: {error.filename or work.logs.parents[1]}: {error.strerror or error}.")
        os._exit(2)


def forget_tasks(logs: Path) -> None:
    """Begin with no task begun: a run that was killed left its files behind."""
    shutil.rmtree(_running(logs), ignore_errors=True)
    _running(logs).mkdir()


def has_lost_a_worker(logs: Path) -> bool:
    """Whether a task was begun, not ended, and its process is gone."""
    return any(_is_lost(path) for path in _running(logs).glob("[0-9]*"))


def _is_lost(path: Path) -> bool:
    try:
        with path.open() as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.fstat(handle.fileno()).st_nlink > 0
    except (FileNotFoundError, BlockingIOError):  # ended just now; at work
        return False


def _running(logs: Path) -> Path:
    return logs / "running"


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _stderr_to(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    os.close(log)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
