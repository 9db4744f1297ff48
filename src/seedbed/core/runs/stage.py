"""Running a stage: datatrove's local executor in a process of its own, with progress and resumption."""

from __future__ import annotations

import ctypes
import fcntl
import json
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from ctypes import c_uint64
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from datatrove.data import Document, DocumentsPipeline
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.stats import PipelineStats

from seedbed.core.errors import InputError, SeedbedError
from seedbed.core.io.progress import Bar
from seedbed.core.runs.filters import Filter
from seedbed.core.runs.job import REJECTED, AnyJob, add_seconds

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


_SHARD_BYTES = 8 << 20
_POLL_SECONDS = 0.2
_GRACE_SECONDS = 5.0

_fork = multiprocessing.get_context("fork")
_seen = _fork.Value(c_uint64, 0)
"""Documents that passed the counting step, over all processes: inherited by fork, so it must be made before."""


class Tick(PipelineStep):
    """Count documents for the progress bar."""

    name = "progress"
    type = "seedbed"

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for document in data or ():
            with _seen.get_lock():
                _seen.value += 1
            yield document


def run_stage(
    job: AnyJob,
    name: str,
    steps: Sequence[PipelineStep],
    *,
    tasks: int | None = None,
    total: int | None = None,
    prepare: Callable[[], None] | None = None,
) -> None:
    """Run `steps` once per task, skipping the tasks that an earlier run finished.

    Args: tasks: how many shards, the job's own number by default; total: documents expected, for the progress bar;
    prepare: called once before the workers fork, for what they share.
    Raises: SeedbedError with the reason and the log file when the stage fails.
    """
    tasks = tasks or job.tasks
    logs = job.folder("logs", name)
    if all((logs / "completions" / f"{rank:05d}").is_file() for rank in range(tasks)):
        return
    start = time.monotonic()
    _run_in_child(name, Work(steps, tasks, min(job.workers, tasks), logs, prepare), total)
    add_seconds(logs / "seconds", time.monotonic() - start)


def _run_in_child(name: str, work: Work, total: int | None) -> None:
    """Run the work in a process of its own, and end that process whatever happens here."""
    _seen.value = 0
    forget_tasks(work.logs)
    messages, sender = _fork.Pipe(duplex=False)
    child = _fork.Process(target=run, args=(work, sender))
    interrupts: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))  # until `try`, a child could be left
    child.start()
    try:
        signal.signal(signal.SIGINT, before)
        if interrupts:
            raise KeyboardInterrupt
        with Bar(name, total, "file" if any(isinstance(step, Tick) for step in work.steps) else None) as bar:
            while child.is_alive():
                child.join(_POLL_SECONDS)
                bar.update(_seen.get_obj().value)  # without the lock, which a killed worker may hold
                if has_lost_a_worker(work.logs) and not _ends(child):
                    raise SeedbedError(_failure(name, work.logs, "a worker was killed; out of memory? Allowed: fewer --workers"))
    finally:
        child.kill()
        child.join()
    if child.exitcode:
        raise SeedbedError(messages.recv() if messages.poll() else _failure(name, work.logs, _ending(child.exitcode)))


def reader(folder: Path) -> JsonlReader:
    """Documents that a stage wrote below `folder`. Raises: InputError if there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.rglob("*.jsonl.zst")):
        raise InputError(f"{folder}: no document came this far. The reasons are in {folder.parent / REJECTED}.")
    return JsonlReader(str(folder), glob_pattern="*.jsonl.zst", recursive=True, add_file_path=False)


def writer(folder: Path) -> JsonlWriter:
    """Documents into `folder`, cut into shards small enough for the next stage to spread evenly."""
    name = "${rank}.jsonl"
    return JsonlWriter(str(folder), name, compression="zstd", adapter=_as_record, max_file_size=_SHARD_BYTES)


def rejecting(steps: Sequence[PipelineStep], folder: Path) -> list[PipelineStep]:
    """The same steps, each filter keeping what it rejects in a folder of its own, numbered in their order.

    `blocks.json` there lists the filters with their words; one of datatrove's own is described by its docstring.
    """
    filters = [step for step in steps if isinstance(step, Filter | BaseFilter)]
    blocks = []
    for number, step in enumerate(filters):
        block = f"{number:02d}-{step.name}"
        step.exclusion_writer = JsonlWriter(str(folder / block), "${rank}.jsonl", compression="zstd", adapter=_as_record)
        words = dict(step.reasons) if isinstance(step, Filter) else {}
        passes = step.passes if isinstance(step, Filter) else (type(step).__doc__ or step.name).strip().splitlines()[0]
        blocks.append({"name": step.name, "meaning": passes, "words": words, "folder": block})
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "blocks.json").write_text(json.dumps(blocks, indent=1), encoding="utf-8")
    return list(steps)


def _as_record(_writer: JsonlWriter, document: Document) -> dict[str, Any]:
    """The document as it is: datatrove's own adapter copies every nested value first."""
    return {"id": document.id, "text": document.text, "metadata": document.metadata}


def _ends(child: ForkProcess) -> bool:
    """Whether a stage whose worker is gone is ending by itself: one that failed takes its other workers down first."""
    child.join(_GRACE_SECONDS)
    return not child.is_alive()


def _ending(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _failure(name: str, logs: Path, what: str) -> str:
    return f"stage {name} failed ({what}). Log: {logs / 'stage.log'}. Run again to go on where it stopped."
