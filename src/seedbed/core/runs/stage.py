"""Run a list of datatrove blocks as one stage of a job.

The executor runs in a process of its own: what it loads is gone with the stage, its log lines go to a file, and when the
command dies, however it dies, every process below it dies too (on Linux).
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from ctypes import c_uint64
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from seedbed.core.errors import InputError, SeedbedError
from seedbed.core.io.progress import Bar
from seedbed.core.runs.executor import Work, forget_tasks, has_lost_a_worker, run
from seedbed.core.runs.filters import Filter
from seedbed.core.runs.job import REJECTED, AnyJob, add_seconds

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
    filters = [step for step in steps if isinstance(step, BaseFilter)]
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
