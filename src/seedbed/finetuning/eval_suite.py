"""The same tasks before and after fine-tuning. Results are kept and reused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.core.runs.workspace import code_sha256
from seedbed.evaluation.ablation.runs import load_result, save_result
from seedbed.evaluation.documents import Document
from seedbed.evaluation.results import Results, TaskResult, sha256_of
from seedbed.evaluation.runner import METHOD, WorkFolder, run_task
from seedbed.evaluation.tasks import PreparedTask, Task
from seedbed.finetuning.accepted import AcceptedBits, AcceptedTask
from seedbed.finetuning.events import Accepted
from seedbed.models.inference.backend import Backend


@dataclass(frozen=True, slots=True)
class EvalSuite:
    """Tasks about the files of the test split, at most `problems` of each, and the held-out events.

    `data` is the hash of the dataset, which identifies the files without reading them.
    """

    tasks: Sequence[Task]
    documents: Sequence[Document]
    data: str
    events: Sequence[Accepted]
    max_tokens: int
    problems: int
    date: str


@dataclass(frozen=True, slots=True)
class _SuiteTask:
    """A task, the data that names its problems, how they are made, and the most that are asked."""

    task: Task
    problems: object
    prepare: Callable[[], PreparedTask]
    limit: int | None


def _suite_tasks(suite: EvalSuite) -> list[_SuiteTask]:
    """All tasks, the one about feedback first. Problems are made only where no result is kept."""
    accepted_task, documents = AcceptedTask(max_tokens=suite.max_tokens), list(suite.documents)
    accepted = AcceptedBits(accepted_task, suite.events)
    others = [
        _SuiteTask(task, [suite.data, suite.problems], partial(task.prepare, lambda: documents), suite.problems)
        for task in suite.tasks
    ]
    problems = [accepted.describe(accepted.count), code_sha256()]  # the request path makes the prompts
    return [_SuiteTask(accepted_task, problems, lambda: accepted, None), *others]


def judge(backend: Backend, weights: str, suite: EvalSuite, work: Path) -> list[TaskResult]:
    """Evaluate a model by all tasks that have no result yet.

    Args: weights: hash of the model; work: folder that keeps the results of all models.
    Raises: InputError for a task that cannot be asked here; GenerationError.
    """
    results = []
    for each in _suite_tasks(suite):
        folder = work / sha256_of([weights, METHOD, each.task.sha256, each.problems])[:16]
        if (result := load_result(folder, each.task.name)) is None:
            parts = WorkFolder(folder / "work", weights, each.limit, suite.date)
            result, journal = run_task(each.task, each.prepare(), backend, parts)
            if result.not_run is not None:
                raise InputError(f"judging.tasks: {each.task.name}: {result.not_run}.")
            save_result(result, folder)
            journal.remove()
        results.append(result)
    return results


def results_of(sheet: ScoreSheet, tasks: Sequence[TaskResult]) -> Results:
    """The results of a model as `seedbed evaluate` would write them."""
    return Results.model_validate(sheet.model_dump() | {"tasks": [task.model_dump() for task in tasks]})
