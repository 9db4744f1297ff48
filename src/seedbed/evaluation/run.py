"""A task is asked, part by part; each part is kept, so that a run that was stopped goes on there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seedbed.core.io.progress import Bar
from seedbed.evaluation.journal import Journal
from seedbed.evaluation.prompts import Asking
from seedbed.evaluation.results import TaskResult, scores_of, sha256_of
from seedbed.evaluation.task import Task
from seedbed.models.inference.backend import Backend

METHOD: Final = 2
"""Goes up when the same task, model and files would give other records: old parts are then asked again."""
AT_ONCE: Final = 8
"""Problems that are asked together: what is lost when a run is killed, and what a backend may batch."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where parts are kept, whose they are (a hash of the model and how it is run), and how many problems are asked at most."""

    folder: Path
    model_key: str
    limit: int | None
    date: str


def run(task: Task, asking: Asking, backend: Backend, place: Place) -> tuple[TaskResult, Journal]:
    """Ask a task. The journal is to be removed once the result is written.

    Raises: InputError, GenerationError, SandboxError.
    """
    count = min(asking.count, place.limit or asking.count)
    problems = sha256_of(asking.described(count))
    key = sha256_of([METHOD, task.sha256, problems, place.model_key])
    journal = Journal(place.folder / f"{task.name}-{key[:16]}.jsonl")
    if reason := asking.obstacle(backend) or ("" if count else "no problem can be made of this data"):
        return not_run(task, reason), journal
    with Bar(task.name, count, "problem") as bar:
        bar.update(len(journal.records))
        while (done := len(journal.records)) < count:
            start = time.perf_counter()
            records = asking.ask(backend, done, min(done + AT_ONCE, count))
            journal.append(records, time.perf_counter() - start)
            bar.update(len(journal.records))
    told = _described(task) | {"problems_sha256": problems, "limit": place.limit, "date": place.date}
    scores = scores_of(journal.records, asking.metrics)
    seconds = round(journal.seconds, 1)
    return TaskResult.model_validate(told | {"seconds": seconds, "scores": scores, "records": journal.records}), journal


def not_run(task: Task, reason: str) -> TaskResult:
    """A task that says why nothing was asked."""
    return TaskResult.model_validate(_described(task) | {"not_run": reason})


def _described(task: Task) -> dict[str, object]:
    return {"name": task.name, "title": task.title, "kind": task.kind, "sha256": task.sha256, "recipe": task.meaning}
