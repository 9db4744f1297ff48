"""How a model's loss fell: every step as a thin line, their running mean, and the validation loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from matplotlib import style as matplotlib_style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from seedbed.core.text.formatting import short
from seedbed.publishing.plots.style import BLUE, GREY, RED, SKY, STYLE, WIDTH_INCHES, heading, save

Row = Mapping[str, float]
_HEIGHT_INCHES = 3.4
_MEAN_OF_RUN = 80
"""The running mean looks at an eightieth of the run."""


def draw_loss(rows: Sequence[Row], tokens_a_step: int, path: Path) -> None:
    """Write the picture of a run's rows as PNG, whole or not at all; nothing where there is no step yet."""
    steps = [row for row in rows if "loss" in row]
    if not steps:
        return
    with matplotlib_style.context(STYLE, after_reset=True):
        save(loss(steps, [row for row in rows if "validation_loss" in row], tokens_a_step), path)


def loss(steps: Sequence[Row], validations: Sequence[Row], tokens_a_step: int) -> Figure:
    """Loss in nats a token over the tokens seen."""
    figure = Figure(figsize=(WIDTH_INCHES, _HEIGHT_INCHES), layout="constrained")
    axes = figure.subplots()
    seen, losses = [row["step"] * tokens_a_step for row in steps], [row["loss"] for row in steps]
    axes.plot(seen, losses, color=SKY, linewidth=0.7, alpha=0.7)
    axes.plot(seen, list(running_mean(losses, max(1, len(losses) // _MEAN_OF_RUN))), color=BLUE, linewidth=1.6)
    facts = [(f"training, running mean {last_of(losses):.2f}", BLUE)]
    if validations:
        at, held_out = [row["step"] * tokens_a_step for row in validations], [row["validation_loss"] for row in validations]
        axes.plot(at, held_out, color=RED, linewidth=1.1, marker="o", markersize=3.5)
        facts.append((f"validation {held_out[0]:.2f} to {held_out[-1]:.2f}", RED))
        if "bits_per_byte" in validations[-1]:
            facts.append((f"{validations[-1]['bits_per_byte']:.2f} bits per byte", GREY))
    heading(axes, "Loss", *facts)
    _quiet(axes)
    return figure


def running_mean(values: Iterable[float], width: int) -> Iterable[float]:
    """Mean of each value and the width - 1 before it: ([1, 3, 5], 2) -> 1, 2, 4."""
    window: list[float] = []
    for value in values:
        window = [*window, value][-width:]
        yield sum(window) / len(window)


def last_of(losses: Sequence[float]) -> float:
    """The running mean at the end."""
    width = max(1, len(losses) // _MEAN_OF_RUN)
    return sum(losses[-width:]) / width


def _quiet(axes: Axes) -> None:
    axes.set_xlabel("tokens seen")
    axes.set_ylabel("nats a token")
    axes.margins(x=0.01)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value))))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.grid(axis="y")
