"""A model is asked the same tasks before and after; what it said stays, so that nothing is asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seedbed.errors import InputError
from seedbed.evaluation.ablation.runs import load_result, save_result
from seedbed.evaluation.documents import Document
from seedbed.evaluation.preparing import prepare
from seedbed.evaluation.questions import Asking
from seedbed.evaluation.results import Results, TaskResult, sha256_of
from seedbed.evaluation.run import Place, run
from seedbed.evaluation.task import AnyTask, Task
from seedbed.finetuning.accepted import AcceptedBits, AcceptedTask
from seedbed.finetuning.events import Accepted
from seedbed.generation import Backend
from seedbed.scores import ScoreSheet


@dataclass(frozen=True, slots=True)
class Court:
    """What is asked: tasks about the files of the test split, at most `problems` of each, and the events that judge."""

    tasks: Sequence[AnyTask]
    documents: Sequence[Document]
    events: Sequence[Accepted]
    max_tokens: int
    problems: int
    date: str

    @property
    def asked(self) -> list[tuple[Task, Asking]]:
        """All tasks, ready to be asked; the feedback's own first."""
        own = AcceptedTask(max_tokens=self.max_tokens)
        documents = list(self.documents)
        return [(own, AcceptedBits(own, self.events)), *((task, prepare(task, lambda: documents)) for task in self.tasks)]


def judge(backend: Backend, weights: str, court: Court, work: Path) -> list[TaskResult]:
    """Ask a model all that it was not asked yet.

    Args: weights: hash of the model; work: folder that keeps what any model said.
    Raises: InputError for a task that cannot be asked here.
    """
    found = []
    for task, asking in court.asked:
        limit = None if isinstance(task, AcceptedTask) else court.problems
        said = sha256_of([task.sha256, asking.described(min(asking.count, limit or asking.count))])
        folder = work / sha256_of([weights, said])[:16]
        if (result := load_result(folder, task.name)) is None:
            result, journal = run(task, asking, backend, Place(folder / "work", weights, limit, court.date))
            if result.not_run is not None:
                raise InputError(f"judging.tasks: {task.name}: {result.not_run}.")
            save_result(result, folder)
            journal.remove()
        found.append(result)
    return found


def results_of(sheet: ScoreSheet, tasks: Sequence[TaskResult]) -> Results:
    """The results of a model as `seedbed evaluate` would write them."""
    return Results.model_validate(sheet.model_dump() | {"tasks": [task.model_dump() for task in tasks]})
