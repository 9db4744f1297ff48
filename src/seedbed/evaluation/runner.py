"""One evaluation: a model, some tasks, a folder of results. A run that was stopped goes on where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.io.checksums import file_sha256
from seedbed.core.io.progress import Bar
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.core.runs.imports import code_of
from seedbed.core.runs.keys import key_of
from seedbed.evaluation.results import Journal, Results, TaskResult, scores_of, sha256_of
from seedbed.evaluation.tasks.base import Documents, PreparedTask, Task
from seedbed.models.inference.backend import Backend

Say = Callable[[str], None]
WORK: Final = "work"
AT_ONCE: Final = 8
"""Problems asked together: what is lost when a run is killed, and what a backend may batch."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is evaluated: the sheet without its tasks, the model, and the files of the split or why there are none."""

    sheet: ScoreSheet
    backend: Backend
    documents: Documents | str
    out: Path
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """Where parts are kept, a hash of the model and how it is run, the most problems to ask, and the date."""

    folder: Path
    model_key: str
    limit: int | None
    date: str


def evaluate(job: Evaluation, tasks: Sequence[Task], say: Say) -> Results:
    """Ask every task and write results.json after each, so that no result is lost.

    Journals stay until the last task is done, so that the same command finds all finished tasks again.
    Raises: InputError, GenerationError, SandboxError.
    """
    finished, journals = _earlier_results(job, say), []
    for task in tasks:
        result, journal = _evaluate_task(job, task)
        journals.append(journal)
        finished = [other for other in finished if other.name != task.name] + [result]
        in_order = sorted(finished, key=lambda result: result.name)
        Results.model_validate(job.sheet.model_dump() | {"tasks": in_order}).save(job.out)
        if result.not_run is not None:
            say(f"{task.name}: not run: {result.not_run}")
    for journal in journals:
        journal.remove()
    return Results.load(job.out)


def run_task(task: Task, prepared: PreparedTask, backend: Backend, work: WorkFolder) -> tuple[TaskResult, Journal]:
    """Ask one task. Remove the journal once the result is written.

    Raises: InputError, GenerationError, SandboxError.
    """
    count = min(prepared.count, work.limit or prepared.count)
    problems = sha256_of(prepared.describe(count))
    code = code_of(__name__, type(prepared).__module__)
    key = key_of(code, task.sha256, problems, work.model_key)
    journal = Journal(work.folder / f"{task.name}-{key[:16]}.jsonl")
    if reason := prepared.obstacle(backend) or ("" if count else "no problem can be made of this data"):
        return _not_run(task, reason), journal
    with Bar(task.name, count, "problem") as bar:
        bar.update(len(journal.records))
        while (done := len(journal.records)) < count:
            start = time.perf_counter()
            records = prepared.ask(backend, done, min(done + AT_ONCE, count))
            journal.append(records, time.perf_counter() - start)
            bar.update(len(journal.records))
    facts = _facts(task) | {"problems_sha256": problems, "limit": work.limit, "date": work.date}
    scores = scores_of(journal.records, prepared.metrics)
    seconds = round(journal.seconds, 1)
    return TaskResult.model_validate(facts | {"seconds": seconds, "scores": scores, "records": journal.records}), journal


def _evaluate_task(job: Evaluation, task: Task) -> tuple[TaskResult, Journal]:
    machine = job.sheet.hardware.model_dump() if task.depends_on_machine else None
    work = WorkFolder(job.out / WORK, sha256_of([job.sheet.model.model_dump(), machine]), job.limit, job.sheet.date)
    if not task.needs_documents:
        return run_task(task, task.prepare(list), job.backend, work)
    if isinstance(job.documents, str):
        return _not_run(task, job.documents), Journal(work.folder / task.name)
    return run_task(task, task.prepare(job.documents), job.backend, work)


def _not_run(task: Task, reason: str) -> TaskResult:
    return TaskResult.model_validate(_facts(task) | {"not_run": reason})


def _facts(task: Task) -> dict[str, object]:
    return {"name": task.name, "title": task.title, "kind": task.kind, "sha256": task.sha256, "recipe": task.meaning}


def _earlier_results(job: Evaluation, say: Say) -> list[TaskResult]:
    """Tasks of an earlier evaluation of the same model, data and machine; other results are renamed, not overwritten."""
    path = job.out / Results.file_name
    if not path.is_file():
        return []
    try:
        earlier = Results.load(path)
    except InputError:
        earlier = None
    if earlier is not None and _is_same(earlier, job.sheet):
        return list(earlier.tasks)
    aside = job.out / f"replaced-{file_sha256(path)[:12]}.json"
    path.rename(aside)
    say(f"{path}: of another model, dataset or machine, or of other versions; it is now {aside.name}.")
    return []


def _is_same(first: ScoreSheet, second: ScoreSheet) -> bool:
    return all(getattr(first, name) == getattr(second, name) for name in ("model", "data", "hardware", "versions", "seedbed"))
