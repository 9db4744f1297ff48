"""What an evaluation found: shares of all problems, and bits per byte of each language, with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seedbed.core.manifests.scores import Score, ScoreSheet, words_of
from seedbed.core.text import formatting
from seedbed.publishing.plots.style import BLUE, GREY, INK, LINE, WIDTH_INCHES, Drawing, drawable

_ROW_INCHES, _EDGE_INCHES, _LETTER_INCHES, _RIGHT_INCHES = 0.3, 0.2, 0.073, 2.1
_BITS: Final = "bits_per_byte"


def of_scores(sheet: ScoreSheet) -> Iterator[Drawing]:
    """Shares of all problems, and bits per byte."""
    if figure := shares(sheet):
        yield Drawing("evaluation-shares", "evaluation", "Bars: shares of the problems of each task, with intervals", figure)
    if figure := bits(sheet):
        yield Drawing("evaluation-bits", "evaluation", "Bars: bits per byte of each language, with intervals", figure)


def shares(sheet: ScoreSheet) -> Figure | None:
    """Every share that was measured over all problems of a task, from none to all."""
    rows = [
        (f"{drawable(task.title)}: {words_of(score)}", score)
        for task in sheet.tasks
        for score in task.scores
        if score.unit == "share" and not score.group
    ]
    return _rows(rows, 1.0) if rows else None


def bits(sheet: ScoreSheet) -> Figure | None:
    """Bits per byte of each language; shorter is better."""
    scores = [score for task in sheet.tasks for score in task.scores if score.metric == _BITS]
    rows = [(score.group or "all", score) for score in scores]
    return _rows(rows, 1.05 * max(score.high for score in scores)) if rows else None


def _rows(rows: Sequence[tuple[str, Score]], most: float) -> Figure:
    """A bar a row from zero, its interval as a line across its end, its figure beside it."""
    height = _ROW_INCHES * max(len(rows), 2) + 2 * _EDGE_INCHES
    start = 0.35 + _LETTER_INCHES * max(len(name) for name, _ in rows)
    drawn = Figure(figsize=(WIDTH_INCHES, height))
    room = WIDTH_INCHES - start - _RIGHT_INCHES
    axes = drawn.add_axes((start / WIDTH_INCHES, _EDGE_INCHES / height, room / WIDTH_INCHES, 1 - 2 * _EDGE_INCHES / height))
    places = range(len(rows))
    axes.barh(places, [score.value for _, score in rows], color=BLUE, height=0.6)
    axes.hlines(places, [score.low for _, score in rows], [score.high for _, score in rows], color=INK, linewidth=1.4)
    _quiet(axes, [name for name, _ in rows], most)
    for place, (_, score) in enumerate(rows):
        low, high = formatting.figure(score.low, ""), formatting.figure(score.high, "")
        words = f"{formatting.figure(score.value, score.unit)}  ({low} to {high})"
        if score.unit == "share":
            words = f"{100 * score.value:.1f} %  ({100 * score.low:.1f} to {100 * score.high:.1f})"
        axes.annotate(words, (most, place), (6, 0), textcoords="offset points", va="center", color=GREY, fontsize=8)
    return drawn


def _quiet(axes: Axes, names: Sequence[str], most: float) -> None:
    axes.set_xlim(0, most)
    axes.set_ylim(max(len(names), 2) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names, color=INK, fontsize=8.5)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.axvline(most, color=LINE, linewidth=0.8)
