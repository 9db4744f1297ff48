"""Scores and differences as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from seedbed.core.manifests.scores import ScoreSheet, TaskScores, words_of
from seedbed.core.text.numbers import count
from seedbed.evaluation.compare import Comparison


def number(value: float, unit: str) -> str:
    """A figure: shares as percent with one decimal, others with three digits.

    >>> number(0.125, "share"), number(1.8123, "bits a byte"), number(1234.5, "ms")
    ('12.5 %', '1.81', '1,234')
    """
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def score_lines(sheet: ScoreSheet) -> Iterator[str]:
    """One line a score of all problems; results.json has those of each language."""
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
    """One line a difference over all problems of a task, then what has to be said beside them."""
    rows: list[tuple[str, ...]] = [("task", "metric", "first", "second", "difference", "95 % interval", "problems", "")]
    for one in comparison.differences:
        score = one.before
        if score.group:
            continue
        told = [number(value, score.unit) for value in (score.value, one.after.value)]
        change = [
            f"{'+' if value > 0 else ''}{number(value, score.unit)}"
            for value in (one.change.value, one.change.low, one.change.high)
        ]
        between = f"{change[1]} to {change[2]}"
        rows.append((one.task, words_of(score), *told, change[0], between, count(score.problems), one.verdict))
    yield from _aligned(rows)
    yield from comparison.notes
    yield "Intervals by paired bootstrap over problems, each by itself; --json has every language too."


def _aligned(rows: Sequence[Iterable[str]]) -> Iterator[str]:
    """Columns of one width: words to the left, figures to the right."""
    table = [list(row) for row in rows]
    widths = [max(len(row[at]) for row in table) for at in range(len(table[0]))]
    for row in table:
        cells = [
            cell.ljust(width) if at < _WORDS or at == len(row) - 1 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


_WORDS = 2
