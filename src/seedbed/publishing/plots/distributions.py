"""Distributions: complexity and lengths over files, sizes of duplicate clusters, distances of near copies.

A column that cannot be 0 has a logarithmic axis. One that can has a bar for 0 and bars of growing ranges, each ticked with
its range. What a line marks is written above the panel, in the line's colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import ceil, log10

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from seedbed.core.manifests.contents import Distribution, Duplicates
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.text.formatting import plural, short
from seedbed.publishing.plots.style import BLUE, GREY, INK, RED, WIDTH_INCHES, Drawing, count_axis, heading

COMPLEXITY = {
    "cyclomatic_max": "Highest cyclomatic complexity of a function",
    "function_lines_max": "Longest function",
    "nesting_max": "Deepest nesting",
    "parameters_max": "Most parameters of a function",
}
LENGTHS = {
    "lines": "Lines",
    "size_bytes": "Size",
    "tokens": "Tokens",
    "line_length_max": "Longest line",
}
_PANEL_INCHES = 3.5
_LETTER_INCHES = 0.075
_MOST_SIZES = 12
_FEWEST_PLACES = 8


def of_dataset(manifest: Manifest) -> Iterator[Drawing]:
    """Complexity, lengths and duplicates."""
    if figure := complexity(manifest):
        alt = "Histograms over files: highest cyclomatic complexity, longest function, deepest nesting, most parameters"
        yield Drawing("complexity", "complexity", alt, figure)
    if figure := lengths(manifest):
        yield Drawing("lengths", "complexity", "Histograms over files: lines, bytes, tokens, longest line", figure)
    if figure := duplicates(manifest):
        yield Drawing("duplicates", "duplicates", "Bars: clusters by size, and near copies by SimHash distance", figure)


def complexity(manifest: Manifest) -> Figure | None:
    """Distributions of what the recipe's complexity band looks at."""
    return _panels(manifest, COMPLEXITY)


def lengths(manifest: Manifest) -> Figure | None:
    """Distributions of how long files are."""
    return _panels(manifest, LENGTHS)


def _panels(manifest: Manifest, titles: dict[str, str]) -> Figure | None:
    if not manifest.contents.total.files:
        return None
    figure = Figure(figsize=(WIDTH_INCHES, 5.2), layout="constrained")
    for number, (axes, (column, title)) in enumerate(zip(figure.subplots(2, 2).flat, titles.items(), strict=True)):
        facts = manifest.contents.distributions[column]
        place = _logarithmic(axes, facts) if _is_continuous(facts.edges) else _ranges(axes, facts)
        for value, colour, dashes in ((facts.quantiles.median, RED, "-"), (facts.quantiles.p90, GREY, (0, (4, 2)))):
            axes.axvline(place(value), color=colour, linewidth=1.1, linestyle=dashes)
        count_axis(axes, "files" if number % 2 == 0 else "")
        heading(axes, title, *_marks(facts))
    return figure


def _marks(facts: Distribution) -> Iterator[tuple[str, str]]:
    quantiles = facts.quantiles
    yield f"median {short(quantiles.median)}", RED
    yield f"90 % of files: at most {short(quantiles.p90)}", GREY
    yield f"largest {short(quantiles.max)}", GREY


def _is_continuous(edges: Sequence[int]) -> bool:
    """Whether bins begin above zero and hold more than one value each."""
    return edges[0] > 0 and edges[-1] - edges[0] > len(edges) - 1


def _logarithmic(axes: Axes, facts: Distribution) -> Callable[[int], float]:
    """Bars from edge to edge on a logarithmic axis. Returns: where a value lies on it."""
    widths = [high - low for low, high in pairwise(facts.edges)]
    axes.set_xscale("log")
    axes.bar(facts.edges[:-1], facts.counts, width=widths, align="edge", color=BLUE, edgecolor="white", linewidth=0.8)
    axes.set_xlim(facts.edges[0], facts.edges[-1])
    ticks = list(_round_values(facts.edges[0], facts.edges[-1]))
    axes.set_xticks(ticks, [short(tick) for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(f"{facts.unit}, logarithmic")
    return float


def _ranges(axes: Axes, facts: Distribution) -> Callable[[int], float]:
    """Bars side by side, each ticked in its middle with the values it holds. Returns: where a value lies among them."""
    bins = list(pairwise(facts.edges))
    axes.bar(range(len(bins)), facts.counts, width=0.86, color=BLUE)
    axes.set_xlim(-0.6, max(len(bins), 8) - 0.4)
    highest = [min(high - 1, facts.quantiles.max) for _, high in bins]
    labels = [short(low) if low == high else f"{short(low)}–{short(high)}" for (low, _), high in zip(bins, highest, strict=True)]
    room = _PANEL_INCHES / max(len(bins), 8)
    step = ceil((max(map(len, labels)) + 1) * _LETTER_INCHES / room)
    axes.set_xticks(range(0, len(bins), step), labels[::step])
    axes.set_xlabel(facts.unit)

    def place(value: int) -> float:
        index = next(index for index, (_, high) in enumerate(bins) if value < high)
        low, high = bins[index]
        return index - 0.5 + (value - low + 0.5) / (high - low)

    return place


def _round_values(first: int, last: int) -> Iterator[int]:
    """1, 2, 5, 10, 20 ... between first and last, fewer a decade where there are many decades."""
    decades = log10(last / first)
    for decade in range(len(str(last))):
        for digit in (1, 2, 5) if decades <= 2.2 else (1, 3) if decades <= 3.2 else (1,):
            if first <= digit * 10**decade <= last:
                yield digit * 10**decade


def duplicates(manifest: Manifest) -> Figure | None:
    """Clusters by their number of files, and near copies by SimHash distance."""
    copies = manifest.contents.duplicates
    if not copies.clusters:
        return None
    figure = Figure(figsize=(WIDTH_INCHES, 2.7), layout="constrained")
    left, right = figure.subplots(1, 2)
    _counted(left, list(_sizes(copies)), "files in the cluster")
    heading(left, "Clusters by size", (plural(copies.clusters, "cluster"), GREY))
    if copies.near:
        bits = range(max(copies.distances) + 1)
        _counted(right, [(str(bit), copies.distances.get(bit, 0)) for bit in bits], "SimHash distance, bits of 64")
        words = f"{plural(copies.near, 'file')}, each against the copy it was verified with"
    else:
        right.axis("off")
        words = "none: all copies are exact"
    heading(right, "Near copies by distance", (words, GREY))
    return figure


def _counted(axes: Axes, table: Sequence[tuple[str, int]], label: str) -> None:
    """Bars with their numbers on top, so no vertical axis; a bar among few is as wide as one among many."""
    numbers = [number for _, number in table]
    axes.bar(range(len(table)), numbers, color=BLUE, width=0.8)
    for place, number in enumerate(numbers):
        if number:
            axes.annotate(short(number), (place, number), (0, 2), textcoords="offset points", ha="center", color=INK, fontsize=8)
    axes.set_xticks(range(len(table)), [name for name, _ in table])
    axes.set_xlim(-0.6, max(len(table), _FEWEST_PLACES) - 0.4)
    axes.set_ylim(0, 1.12 * (max(numbers) or 1))
    axes.set_xlabel(label)
    axes.yaxis.set_visible(False)


def _sizes(copies: Duplicates) -> Iterator[tuple[str, int]]:
    """Cluster sizes from 2 up, the large ones together."""
    last = max(copies.sizes)
    for members in range(2, min(last, _MOST_SIZES) + 1):
        yield str(members), copies.sizes.get(members, 0)
    if last > _MOST_SIZES:
        yield f"> {_MOST_SIZES}", sum(number for members, number in copies.sizes.items() if members > _MOST_SIZES)
