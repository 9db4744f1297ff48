"""The same tasks before and after fine-tuning, and whether the model is promoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, Literal

from seedbed.core.errors import InputError
from seedbed.core.manifests.finetune import Change, Found
from seedbed.core.manifests.scores import ScoreSheet, words_of
from seedbed.core.runs.keys import code_of, key_of
from seedbed.evaluation.ablation.runs import load_result, save_result
from seedbed.evaluation.compare import Difference, number
from seedbed.evaluation.metrics.estimates import bits_per_byte
from seedbed.evaluation.prompts import Document
from seedbed.evaluation.results import Record, Results, TaskResult
from seedbed.evaluation.runner import WorkFolder, run_task
from seedbed.evaluation.tasks import PreparedTask, Task
from seedbed.evaluation.tasks.bits_per_byte import BITS
from seedbed.finetuning.events import Accepted
from seedbed.finetuning.training_examples import prompt_of
from seedbed.models.inference.backend import Backend

WORDS: Final = {
    "better": "The model got better",
    "no better": "The model got no better",
    "worse elsewhere": "The model got worse at something else",
}


def decide(changes: Sequence[Change], measure: str, margin: float) -> Found:
    """The decision that the changes add up to.

    Args: measure: the task whose first figure must gain; margin: the least gain, in its unit, at the near end of the interval.
    Every other figure may be unclear; none may be worse with zero outside its interval.
    """
    first = next(change for change in changes if change.task == measure)
    gain = -first.high if first.better == "lower" else first.low
    if gain <= margin:
        return "no better"
    return "worse elsewhere" if any(change.verdict == "worse" for change in changes) else "better"


def changes_of(differences: Sequence[Difference], titles: dict[str, str]) -> tuple[Change, ...]:
    """Differences over all problems of a task, as a report keeps them; `titles` by the tasks' names."""
    return tuple(
        Change(
            task=each.task,
            title=titles[each.task],
            measured=words_of(each.before),
            unit=each.before.unit,
            better=each.before.better,
            before=each.before.value,
            after=each.after.value,
            difference=each.change.value,
            low=each.change.low,
            high=each.change.high,
            problems=each.before.problems,
            verdict=each.verdict,
        )
        for each in differences
        if not each.before.group
    )


def sentence(decision: Found, changes: Sequence[Change], measure: str) -> str:
    """The decision in words, with its figures."""
    first = next(change for change in changes if change.task == measure)
    words = f"{WORDS[decision]}: {_figures(first)}"
    if decision == "worse elsewhere":
        lost = [change for change in changes if change.verdict == "worse"]
        return f"{words}, but {'; '.join(map(_figures, lost))}. Nothing is published."
    return f"{words}." if decision == "better" else f"{words}. Nothing is published."


def _figures(change: Change) -> str:
    before, after, *between = (number(value, change.unit) for value in (change.before, change.after, change.low, change.high))
    unit = "" if change.unit == "share" else f" {change.unit}"
    return (
        f"{change.title.lower()}, {change.measured}: {before} before, {after} after{unit} "
        f"(95 % interval of the difference {between[0]} to {between[1]}, {change.problems} problems)"
    )


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
