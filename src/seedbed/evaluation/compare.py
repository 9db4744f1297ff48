"""Two evaluations side by side: how much better or worse, on the same problems, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from seedbed.core.errors import InputError
from seedbed.core.manifests.scores import Score
from seedbed.evaluation.metrics.bootstrap import Interval, difference
from seedbed.evaluation.results import Results, TaskResult

Verdict = Literal["better", "worse", "unclear", "equal"]
_OF_THE_MACHINE = frozenset({"latency"})
"""Kinds of task that say more of the machine than of the model."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A score in both runs, and `after` minus `before` over the problems, paired."""

    task: str
    before: Score
    after: Score
    change: Interval

    @property
    def verdict(self) -> Verdict:
        """better, worse, or unclear where the interval has zero in it."""
        if self.change.low <= 0 <= self.change.high:
            return "unclear" if self.change.low < self.change.high else "equal"
        return "better" if (self.change.value > 0) == (self.before.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and what has to be said beside them."""

    differences: tuple[Difference, ...]
    notes: tuple[str, ...]


def compare(before: Results, after: Results) -> Comparison:
    """Every score of every task that both have run.

    Raises: InputError naming what differs where a task was not the same one, or was asked about other problems; and where
    there is no task in common.
    """
    ours, theirs = _run(before), _run(after)
    common = [name for name in ours if name in theirs]
    if not common:
        raise InputError(f"no task in common: {', '.join(ours) or 'none'} against {', '.join(theirs) or 'none'}.")
    if found := "; ".join(line for name in common for line in _mismatches(ours[name], theirs[name])):
        raise InputError(f"not comparable: {found}. Allowed: two runs of the same tasks on the same problems.")
    notes = list(_notes(before, after, ours, theirs))
    if before.hardware != after.hardware:
        common = [name for name in common if ours[name].kind not in _OF_THE_MACHINE]
    return Comparison(tuple(one for name in common for one in _differences(ours[name], theirs[name])), tuple(notes))


def _run(results: Results) -> dict[str, TaskResult]:
    return {task.name: task for task in results.tasks if task.not_run is None}


def _mismatches(one: TaskResult, other: TaskResult) -> Iterator[str]:
    if one.sha256 != other.sha256:
        ours, theirs = _leaves(one.recipe), _leaves(other.recipe)
        keys = sorted({key for key, _ in ours.items() ^ theirs.items()})
        yield from (f"{one.name}: {key} {ours.get(key)} against {theirs.get(key)}" for key in keys)
        if not keys:
            yield f"{one.name}: hash {one.sha256[:12]} against {other.sha256[:12]}, though every key is the same"
    elif (one.problems_sha256, _ids(one)) != (other.problems_sha256, _ids(other)):
        limits = f" (limit {one.limit or 'none'} against {other.limit or 'none'})" if one.limit != other.limit else ""
        yield f"{one.name}: other problems{limits}, {len(one.records)} against {len(other.records)}"


def _ids(task: TaskResult) -> list[str]:
    return [record.id for record in task.records]


def _leaves(recipe: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Nested keys as one: {"a": {"b": 1}} -> {"a.b": "1"}."""
    found: dict[str, str] = {}
    for key, value in recipe.items():
        found |= _leaves(value, f"{before}{key}.") if isinstance(value, Mapping) else {f"{before}{key}": str(value)}
    return found


def _notes(before: Results, after: Results, ours: Sequence[str] | Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(set(ours) ^ set(theirs)):
        yield f"{name}: only in {'the first' if name in ours else 'the second'}"
    if before.hardware != after.hardware:
        yield f"other hardware ({_machine(before)} against {_machine(after)}): latency is not compared"
    changed = [
        f"{name} {before.versions.get(name, 'none')} against {after.versions.get(name, 'none')}"
        for name in sorted(before.versions.keys() | after.versions.keys())
        if before.versions.get(name) != after.versions.get(name)
    ]
    if changed:
        yield f"other versions: {', '.join(changed)}"


def _machine(results: Results) -> str:
    return f"{results.hardware.count} x {results.hardware.name}"


def _differences(one: TaskResult, other: TaskResult) -> Iterator[Difference]:
    theirs = {(score.metric, score.statistic, score.group): score for score in other.scores}
    after = {record.id: record for record in other.records}
    for score in one.scores:
        match = theirs.get((score.metric, score.statistic, score.group))
        pairs = [
            (record.values[score.metric], after[record.id].values[score.metric], record.weights.get(score.metric, 1.0))
            for record in one.records
            if score.group in {"", record.group} and score.metric in record.values
            if record.id in after and score.metric in after[record.id].values
        ]
        if match is not None and pairs:
            first, second, weights = zip(*pairs, strict=True)
            yield Difference(one.name, score, match, difference(first, second, weights, score.statistic))
