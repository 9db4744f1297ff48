"""The same tasks before and after fine-tuning. Results are kept and reused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, Literal

from seedbed.core.errors import InputError
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.core.runs.imports import code_of
from seedbed.core.runs.keys import key_of
from seedbed.evaluation.ablation.runs import load_result, save_result
from seedbed.evaluation.documents import Document
from seedbed.evaluation.metrics.estimates import bits_per_byte
from seedbed.evaluation.results import Record, Results, TaskResult
from seedbed.evaluation.runner import WorkFolder, run_task
from seedbed.evaluation.tasks import PreparedTask, Task
from seedbed.evaluation.tasks.bits_per_byte import BITS
from seedbed.finetuning.events import Accepted
from seedbed.finetuning.training_examples import prompt_of
from seedbed.models.inference.backend import Backend

TASK: Final = "accepted"


class AcceptedTask(Task):
    """The task as results show it. `max_tokens` is the room for a completion in the prompts."""

    section: ClassVar[str] = "fine-tuning"

    name: str = TASK
    title: str = "Accepted text"
    kind: Literal["accepted"] = "accepted"
    max_tokens: int


class AcceptedBits:
    """Texts of held-out events."""

    metrics = (BITS,)

    def __init__(self, task: AcceptedTask, events: Sequence[Accepted]) -> None:
        self.task, self.events = task, events

    @property
    def count(self) -> int:
        """Number of texts."""
        return len(self.events)

    def describe(self, count: int) -> object:
        """The first ones as plain data."""
        return [asdict(event) for event in self.events[:count]]

    def obstacle(self, backend: Backend) -> str | None:
        """None: every converted model gives probabilities."""
        return None

    def ask(self, backend: Backend, start: int, stop: int) -> list[Record]:
        """Score some texts in their places. Raises: GenerationError."""
        return [record(backend, event, self.task.max_tokens) for event in self.events[start:stop]]


def record(backend: Backend, event: Accepted, max_tokens: int) -> Record:
    """Bits per byte of one text after the prompt of its place, weighted by its length."""
    prompt, text = prompt_of(backend, event, max_tokens), backend.encode(event.text)
    nats = -sum(backend.log_likelihood([*prompt, *text])[-len(text) :])
    size = len(event.text.encode("utf-8", "surrogatepass"))
    return Record(
        id=event.id, group=event.language, values={BITS.name: bits_per_byte(nats, size)}, weights={BITS.name: float(size)}
    )


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
    return [_SuiteTask(accepted_task, accepted.describe(accepted.count), lambda: accepted, None), *others]


def judge(backend: Backend, weights: str, suite: EvalSuite, work: Path) -> list[TaskResult]:
    """Evaluate a model by all tasks that have no result yet.

    Args: weights: hash of the model; work: folder that keeps the results of all models.
    Raises: InputError for a task that cannot be asked here; GenerationError.
    """
    results = []
    for each in _suite_tasks(suite):
        folder = work / key_of(code_of(__name__), weights, each.task.sha256, each.problems)[:16]
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
