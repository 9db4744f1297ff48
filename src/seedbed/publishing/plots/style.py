"""Colours, type and small habits that all pictures share.

The hues are Okabe and Ito's, a little calmer, so they hold for colour-blind eyes; the background is opaque white, so that
a picture is as legible on a dark page as on a light one.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from seedbed.core.io.files import write_atomic
from seedbed.core.text.formatting import short

BLUE, SKY, RUST = "#2A6EA6", "#79B0D9", "#DE8459"
RED, INK, GREY, LINE = "#BF4A1A", "#1F2328", "#636C76", "#D8DCE1"  # for words and lines
SPLIT_COLOURS = {"train": BLUE, "validation": "#E3A23A", "test": SKY}

DPI = 160
WIDTH_INCHES = 8.5

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": GREY,
    "axes.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "grid.color": "#ECEEF1",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "legend.frameon": False,
    "legend.borderpad": 0,
    "legend.borderaxespad": 0,
    "figure.facecolor": "white",
    "figure.constrained_layout.h_pad": 0.12,
    "figure.constrained_layout.w_pad": 0.12,
}


class Drawing(NamedTuple):
    """A picture before it is written: name of its file without `.png`, section of the card, text that stands for it."""

    name: str
    section: str
    alt: str
    figure: Figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, whole or not at all; the same figure gives the same bytes."""
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
    write_atomic(path, stream.getvalue(), durable=False)


def drawable(name: str) -> str:
    """A name without what the font has no glyph for, such as an emoji in front of it; underscores become spaces."""
    plain = "".join(letter for letter in name if ord(letter) < 0x2000)
    return " ".join(plain.replace("_", " ").replace("$", r"\$").split())


def heading(axes: Axes, title: str, *facts: tuple[str, str]) -> None:
    """A title and, below it, a line of (words, colour): above the panel, where no line of the plot can cross them."""
    axes.set_title(title, loc="left", pad=21, fontsize=9.5, color=INK)
    (words, colour), *others = facts
    last = axes.annotate(words, (0, 1), (0, 8), "axes fraction", "offset points", fontsize=7.5, color=colour)
    for words, colour in others:
        last = axes.annotate(words, (1, 0), (10, 0), last, "offset points", fontsize=7.5, color=colour, va="bottom")


def count_axis(axes: Axes, label: str) -> None:
    """A quiet vertical axis of counts: few whole numbers, thin lines across."""
    axes.set_ylabel(label)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value))))
    axes.grid(axis="y")
