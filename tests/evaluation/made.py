"""Results that are put together by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.core.manifests.base import Software
from seedbed.core.manifests.scores import EvaluatedData, EvaluatedModel, HardwareFacts
from seedbed.evaluation.results import Metric, Record, Results, Sample, TaskResult, scores_of

RIGHT = Metric("exact_match", "share", "higher")
BITS = Metric("bits_per_byte", "bits a byte", "lower")


def task(name: str, values: Mapping[str, float], metric: Metric = RIGHT, **other: Any) -> TaskResult:
    records = [
        Record(
            id=identity,
            group="Go" if identity.endswith("go") else "Python",
            values={metric.name: value},
            samples=(Sample(completion=f"of {identity}", verdict="exact" if value else "different", seconds=0.5),),
        )
        for identity, value in values.items()
    ]
    told = {
        "name": name,
        "title": name.title(),
        "kind": "next-line",
        "sha256": "1" * 64,
        "recipe": {"name": name, "sampling": {"n": 1}},
        "problems_sha256": "2" * 64,
        "date": "2026-11-26",
        "scores": scores_of(records, [metric]),
        "records": records,
    }
    return TaskResult.model_validate(told | other)


def results(tasks: Sequence[TaskResult], **other: Any) -> Results:
    made = Results(
        model=EvaluatedModel(name="invented", sha256="3" * 64, backend="transformers"),
        data=EvaluatedData(name="Invented code", id="alice/invented-code", revision="cd" * 20),
        date="2026-11-26",
        command="seedbed evaluate build/models/invented",
        hardware=HardwareFacts(name="An invented processor", count=2),
        seedbed=Software(version="0.1.0", commit="ab" * 20),
        versions={"torch": "2.13.0"},
        tasks=tuple(tasks),
    )
    return made.model_copy(update=other)
