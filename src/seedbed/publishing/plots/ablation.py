"""What an ablation found: every run as a dot, with and without the filter, runs of the same seed joined; a panel a metric."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import fmean

from matplotlib import style as matplotlib_style
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seedbed.core.manifests.ablation import WORDS, Ablation, MetricOutcome
from seedbed.core.manifests.dataset import Manifest
from seedbed.publishing.plots.style import BLUE, GREY, INK, RED, STYLE, WIDTH_INCHES, Drawing, drawable, save

_HEIGHT_INCHES = 2.7
_COLOURS = {"better": BLUE, "worse": RED, "unclear": GREY}


def of_dataset(manifest: Manifest) -> Iterator[Drawing]:
    """A picture for each report."""
    for report in manifest.ablations:
        name = f"ablation-{report.name}"
        yield Drawing(name, name, "Every run as a dot, with and without the filter", ablation(report))


def draw_ablation(report: Ablation, path: Path) -> None:
    """Write the picture of a report as PNG, whole or not at all."""
    with matplotlib_style.context(STYLE, after_reset=True):
        save(ablation(report), path)


def ablation(report: Ablation) -> Figure:
    """One panel a metric; each has its own scale, which does not start at zero: the dots are compared, not their height."""
    figure = Figure(figsize=(WIDTH_INCHES, _HEIGHT_INCHES), layout="constrained")
    panels = figure.subplots(1, len(report.outcomes), squeeze=False)[0]
    for axes, outcome in zip(panels, report.outcomes, strict=True):
        _panel(axes, outcome, report.name)
    return figure


def _panel(axes: Axes, outcome: MetricOutcome, name: str) -> None:
    scale = 100 if outcome.unit == "share" else 1
    colour = _COLOURS[outcome.verdict]
    for kept, without in zip(outcome.kept, outcome.without, strict=True):
        axes.plot((0, 1), (scale * kept, scale * without), color=colour, linewidth=0.8, marker="o", markersize=4, alpha=0.75)
    for place, values in enumerate((outcome.kept, outcome.without)):
        axes.hlines(scale * fmean(values), place - 0.16, place + 0.16, color=INK, linewidth=1.6)
    axes.set_xlim(-0.45, 1.45)
    axes.margins(y=0.25)
    axes.set_xticks((0, 1), ("all filters", "raw input") if name == "all" else ("with", "without"), color=INK)
    axes.grid(axis="y")
    unit = "%" if outcome.unit == "share" else ""
    axes.set_title(
        drawable(f"{WORDS.get(outcome.metric, outcome.metric)}{', %' if unit else ''}"), loc="left", fontsize=8.5, pad=20
    )
    words = f"{outcome.better} is better"
    axes.annotate(words, (0, 1), (0, 11), "axes fraction", "offset points", fontsize=7, color=GREY)
    axes.annotate(_difference(outcome), (0, 1), (0, 2), "axes fraction", "offset points", fontsize=7, color=colour)


def _difference(outcome: MetricOutcome) -> str:
    scale, digits = (100, 1) if outcome.unit == "share" else (1, 3)
    difference = f"{scale * outcome.difference:+.{digits}f}"
    if outcome.over_seeds is None:
        return difference
    low, high = (f"{scale * end:+.{digits}f}" for end in (outcome.over_seeds.low, outcome.over_seeds.high))
    return f"{difference} ({low} to {high})"
