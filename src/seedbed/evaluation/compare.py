"""Two evaluations compared on the same problems, with paired intervals; scores and differences as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from seedbed.core.errors import InputError
from seedbed.core.manifests.scores import Score, ScoreSheet, TaskScores, words_of
from seedbed.core.text.formatting import count
from seedbed.evaluation.metrics.estimates import Interval, difference
from seedbed.evaluation.results import Results, TaskResult
from seedbed.evaluation.tasks import kinds

Verdict = Literal["better", "worse", "unclear", "equal"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A score in both runs, and `after` minus `before` over the problems, paired."""

    task: str
    before: Score
    after: Score
    change: Interval

    @property
    def verdict(self) -> Verdict:
        """better, worse, equal, or unclear where the interval contains zero."""
        if self.change.low <= 0 <= self.change.high:
            return "unclear" if self.change.low < self.change.high else "equal"
        return "better" if (self.change.value > 0) == (self.before.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences, and notes on what else differs."""

    differences: tuple[Difference, ...]
    notes: tuple[str, ...]


def compare(before: Results, after: Results) -> Comparison:
    """Every score of every task that both have run.

    Raises: InputError that names the difference where the tasks or their problems differ, or no task is in common.
    """
    ours, theirs = _run(before), _run(after)
    common = [name for name in ours if name in theirs]
    if not common:
        raise InputError(f"no task in common: {', '.join(ours) or 'none'} against {', '.join(theirs) or 'none'}.")
    if mismatches := "; ".join(line for name in common for line in _mismatches(ours[name], theirs[name])):
        raise InputError(f"not comparable: {mismatches}. Allowed: two runs of the same tasks on the same problems.")
    notes = list(_notes(before, after, ours, theirs))
    if before.hardware != after.hardware:
        common = [name for name in common if not _depends_on_machine(ours[name])]
    return Comparison(tuple(change for name in common for change in _differences(ours[name], theirs[name])), tuple(notes))


def _depends_on_machine(task: TaskResult) -> bool:
    kind = kinds().get(task.kind)
    return kind is not None and kind.depends_on_machine


def _run(results: Results) -> dict[str, TaskResult]:
    return {task.name: task for task in results.tasks if task.not_run is None}


def _mismatches(first: TaskResult, second: TaskResult) -> Iterator[str]:
    if first.sha256 != second.sha256:
        ours, theirs = _leaves(first.recipe), _leaves(second.recipe)
        keys = sorted({key for key, _ in ours.items() ^ theirs.items()})
        yield from (f"{first.name}: {key} {ours.get(key)} against {theirs.get(key)}" for key in keys)
        if not keys:
            yield f"{first.name}: hash {first.sha256[:12]} against {second.sha256[:12]}, though every key is the same"
    elif (first.problems_sha256, _ids(first)) != (second.problems_sha256, _ids(second)):
        limits = f" (limit {first.limit or 'none'} against {second.limit or 'none'})" if first.limit != second.limit else ""
        yield f"{first.name}: other problems{limits}, {len(first.records)} against {len(second.records)}"


def _ids(task: TaskResult) -> list[str]:
    return [record.id for record in task.records]


def _leaves(recipe: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Nested keys as one: {"a": {"b": 1}} -> {"a.b": "1"}."""
    leaves: dict[str, str] = {}
    for key, value in recipe.items():
        leaves |= _leaves(value, f"{before}{key}.") if isinstance(value, Mapping) else {f"{before}{key}": str(value)}
    return leaves


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


def _differences(first: TaskResult, second: TaskResult) -> Iterator[Difference]:
    theirs = {(score.metric, score.statistic, score.group): score for score in second.scores}
    after = {record.id: record for record in second.records}
    for score in first.scores:
        match = theirs.get((score.metric, score.statistic, score.group))
        pairs = [
            (record.values[score.metric], after[record.id].values[score.metric], record.weights.get(score.metric, 1.0))
            for record in first.records
            if score.group in {"", record.group} and score.metric in record.values
            if record.id in after and score.metric in after[record.id].values
        ]
        if match is not None and pairs:
            old, new, weights = zip(*pairs, strict=True)
            yield Difference(first.name, score, match, difference(old, new, weights, score.statistic))


def number(value: float, unit: str) -> str:
    """A figure: shares as percent with one decimal, others with three digits.

    >>> number(0.125, "share"), number(1.8123, "bits a byte"), number(1234.5, "ms")
    ('12.5 %', '1.81', '1,234')
    """
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def score_lines(sheet: ScoreSheet) -> Iterator[str]:
    """One line per score over all problems; results.json has those of each language."""
    rows: list[tuple[str, ...]] = [("task", "metric", "result", "95 % interval", "problems", "")]
    for task in sheet.tasks:
        rows += [*_task_rows(task)]
    yield from _aligned(rows)
    for task in sheet.tasks:
        if task.not_run is not None:
            yield f"{task.name}: not run: {task.not_run}"


def _task_rows(task: TaskScores) -> Iterator[tuple[str, ...]]:
    for score in task.scores:
        if score.group:
            continue
        between = f"{number(score.low, score.unit)} to {number(score.high, score.unit)}"
        unit = "" if score.unit == "share" else score.unit
        yield task.name, words_of(score), number(score.value, score.unit), between, count(score.problems), unit


def difference_lines(comparison: Comparison) -> Iterator[str]:
    """One line per difference over all problems of a task, then the notes."""
    rows: list[tuple[str, ...]] = [("task", "metric", "first", "second", "difference", "95 % interval", "problems", "")]
    for change in comparison.differences:
        score = change.before
        if score.group:
            continue
        values = [number(value, score.unit) for value in (score.value, change.after.value)]
        signed = [
            f"{'+' if value > 0 else ''}{number(value, score.unit)}"
            for value in (change.change.value, change.change.low, change.change.high)
        ]
        between = f"{signed[1]} to {signed[2]}"
        rows.append((change.task, words_of(score), *values, signed[0], between, count(score.problems), change.verdict))
    yield from _aligned(rows)
    yield from comparison.notes
    yield "Intervals by paired bootstrap over problems, each by itself; --json has every language too."


def _aligned(rows: Sequence[Iterable[str]]) -> Iterator[str]:
    """A table in columns: words aligned left, figures right."""
    table = [list(row) for row in rows]
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    for row in table:
        cells = [
            cell.ljust(width) if at < _WORDS or at == len(row) - 1 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


_WORDS = 2
