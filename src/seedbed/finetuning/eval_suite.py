"""A model is asked the same tasks before and after; what it said stays, so that nothing is asked twice."""

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
from seedbed.evaluation.prompts import Asking
from seedbed.evaluation.registry import prepare
from seedbed.evaluation.results import Results, TaskResult, sha256_of
from seedbed.evaluation.run import METHOD, Place, run
from seedbed.evaluation.task import AnyTask, Task
from seedbed.finetuning.accepted import AcceptedBits, AcceptedTask
from seedbed.finetuning.events import Accepted
from seedbed.models.inference.backend import Backend


@dataclass(frozen=True, slots=True)
class EvalSuite:
    """What is asked: tasks about the files of the test split, at most `problems` of each, and the events that judge.

    `data` is the hash of the dataset: it names the files without reading them.
    """

    tasks: Sequence[AnyTask]
    documents: Sequence[Document]
    data: str
    events: Sequence[Accepted]
    max_tokens: int
    problems: int
    date: str


@dataclass(frozen=True, slots=True)
class _Question:
    """A task, what names its problems, how they are made, and how many are asked at most."""

    task: Task
    problems: object
    prepare: Callable[[], Asking]
    limit: int | None


def _questions(court: EvalSuite) -> list[_Question]:
    """All tasks, the feedback's own first; nothing is prepared that was asked already."""
    own, documents = AcceptedTask(max_tokens=court.max_tokens), list(court.documents)
    accepted = AcceptedBits(own, court.events)
    others = [
        _Question(task, [court.data, court.problems], partial(prepare, task, lambda: documents), court.problems)
        for task in court.tasks
    ]
    asked = [accepted.described(accepted.count), code_sha256()]  # the request path makes the prompts
    return [_Question(own, asked, lambda: accepted, None), *others]


def judge(backend: Backend, weights: str, court: EvalSuite, work: Path) -> list[TaskResult]:
    """Ask a model all that it was not asked yet.

    Args: weights: hash of the model; work: folder that keeps what any model said.
    Raises: InputError for a task that cannot be asked here.
    """
    found = []
    for one in _questions(court):
        folder = work / sha256_of([weights, METHOD, one.task.sha256, one.problems])[:16]
        if (result := load_result(folder, one.task.name)) is None:
            place = Place(folder / "work", weights, one.limit, court.date)
            result, journal = run(one.task, one.prepare(), backend, place)
            if result.not_run is not None:
                raise InputError(f"judging.tasks: {one.task.name}: {result.not_run}.")
            save_result(result, folder)
            journal.remove()
        found.append(result)
    return found


def results_of(sheet: ScoreSheet, tasks: Sequence[TaskResult]) -> Results:
    """The results of a model as `seedbed evaluate` would write them."""
    return Results.model_validate(sheet.model_dump() | {"tasks": [task.model_dump() for task in tasks]})
