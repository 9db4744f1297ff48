"""results.json: every completion with its verdict and seconds, and the scores; the journal of a task that is being asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import Field, ValidationError

from seedbed.core.manifests.base import Facts, ManifestFile
from seedbed.core.manifests.scores import Better, Score, ScoreSheet, TaskScores
from seedbed.evaluation.metrics.estimates import Statistic, interval


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure per problem. `statistics` are taken over problems, weighted where a record has a weight."""

    name: str
    unit: str
    better: Better
    statistics: tuple[Statistic, ...] = ("mean",)


class Sample(Facts):
    """One completion, its verdict and reason, and the seconds of generation and judging together."""

    completion: str
    verdict: str
    reason: str = ""
    seconds: float


class Record(Facts):
    """One problem: its group (a language), the values of its metrics, their weights where they are not equal, its samples."""

    id: str
    group: str
    values: dict[str, float]
    weights: dict[str, float] = Field(default_factory=dict)
    samples: tuple[Sample, ...] = ()


class TaskResult(TaskScores):
    """A task with the records behind its scores."""

    records: tuple[Record, ...] = ()

    def scores_only(self) -> TaskScores:
        """The same without the records."""
        return TaskScores.model_validate(self.model_dump(exclude={"records"}))


class Results(ManifestFile, ScoreSheet):
    """The whole file."""

    file_name: ClassVar[str] = "results.json"
    written_by: ClassVar[str] = "`seedbed evaluate`"

    tasks: tuple[TaskResult, ...]

    def sheet(self) -> ScoreSheet:
        """What a card needs of it."""
        return ScoreSheet.model_validate(
            self.model_dump(exclude={"tasks", "format"}) | {"tasks": tuple(task.scores_only() for task in self.tasks)}
        )


def scores_of(records: Sequence[Record], metrics: Iterable[Metric]) -> tuple[Score, ...]:
    """Every metric's statistics over all problems, then over those of each group where there are several groups."""
    groups = sorted({record.group for record in records})
    chosen = [("", records)]
    if len(groups) > 1:
        chosen += [(group, [record for record in records if record.group == group]) for group in groups]
    return tuple(
        score
        for metric in metrics
        for statistic in metric.statistics
        for group, mine in chosen
        if (score := _score(mine, metric, statistic, group)) is not None
    )


def _score(records: Sequence[Record], metric: Metric, statistic: Statistic, group: str) -> Score | None:
    having = [record for record in records if metric.name in record.values]
    if not having:
        return None
    values = [record.values[metric.name] for record in having]
    estimate = interval(values, [record.weights.get(metric.name, 1.0) for record in having], statistic)
    return Score(
        metric=metric.name,
        unit=metric.unit,
        better=metric.better,
        statistic=statistic,
        group=group,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        problems=len(having),
    )


def sha256_of(questions: object) -> str:
    """Hash of plain data, hexadecimal."""
    return hashlib.sha256(json.dumps(questions, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Journal:
    """Records of a task that is being asked, one JSON line per part, and their seconds.

    A killed run goes on after the last whole line.
    """

    path: Path

    def __post_init__(self) -> None:
        self.records: list[Record] = []
        self.seconds = 0.0
        self._read()

    def append(self, records: Sequence[Record], seconds: float) -> None:
        """Add records, on disk first. Raises: OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"seconds": seconds, "records": [record.model_dump(mode="json") for record in records]})
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        self.records.extend(records)
        self.seconds += seconds

    def remove(self) -> None:
        """Remove the file, once the results are written."""
        self.path.unlink(missing_ok=True)

    def _read(self) -> None:
        """Read up to the first line that is not whole, and cut the file there."""
        whole = 0
        for line in self.path.read_bytes().splitlines(keepends=True) if self.path.is_file() else ():
            try:
                part = json.loads(line)
                records = [Record.model_validate(record) for record in part["records"]]
                seconds = float(part["seconds"])
            except (ValueError, KeyError, TypeError, ValidationError):
                break
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            self.records.extend(records)
            self.seconds += seconds
        if self.path.is_file() and whole < self.path.stat().st_size:
            with self.path.open("r+b") as stream:
                stream.truncate(whole)
