"""How large the duplicate clusters are, and how far near copies are from the copy they were verified with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seedbed.core.manifests.contents import Duplicates
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.text.numbers import plural, short
from seedbed.publishing.plots.style import BLUE, GREY, INK, WIDTH_INCHES, heading

_MOST_SIZES = 12
_FEWEST_PLACES = 8


def duplicates(manifest: Manifest) -> Figure | None:
    """Clusters by their number of files, and near copies by SimHash distance."""
    found = manifest.contents.duplicates
    if not found.clusters:
        return None
    figure = Figure(figsize=(WIDTH_INCHES, 2.7), layout="constrained")
    left, right = figure.subplots(1, 2)
    _counted(left, list(_sizes(found)), "files in the cluster")
    heading(left, "Clusters by size", (plural(found.clusters, "cluster"), GREY))
    if found.near:
        bits = range(max(found.distances) + 1)
        _counted(right, [(str(bit), found.distances.get(bit, 0)) for bit in bits], "SimHash distance, bits of 64")
        words = f"{plural(found.near, 'file')}, each against the copy it was verified with"
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


def _sizes(found: Duplicates) -> Iterator[tuple[str, int]]:
    """Cluster sizes from 2 up, the large ones together."""
    last = max(found.sizes)
    for members in range(2, min(last, _MOST_SIZES) + 1):
        yield str(members), found.sizes.get(members, 0)
    if last > _MOST_SIZES:
        yield f"> {_MOST_SIZES}", sum(number for members, number in found.sizes.items() if members > _MOST_SIZES)
