"""The pictures of a dataset card, drawn from its manifest alone: the same facts give the same bytes.

Colours are Okabe and Ito's, which hold for colour-blind eyes; the background is opaque white, so that the pictures are
as legible on a dark page as on a light one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from seedbed.manifest import Block, Distribution, Duplicates, Manifest, split_order
from seedbed.numerals import count, plural, share, short, size

BLUE, ORANGE, GREEN, RED, GREY, INK = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#6E7781", "#1F2328"
SPLIT_COLOURS = {"train": BLUE, "validation": ORANGE, "test": GREEN}
COMPLEXITY = ("cyclomatic_max", "function_lines_max", "nesting_max", "parameters_max")
LENGTHS = ("lines", "size_bytes", "tokens", "line_length_max")
_TITLES = {
    "cyclomatic_max": "Highest cyclomatic complexity of a function",
    "function_lines_max": "Longest function",
    "nesting_max": "Deepest nesting",
    "parameters_max": "Most parameters of a function",
    "lines": "Lines",
    "size_bytes": "Size",
    "tokens": "Tokens",
    "line_length_max": "Longest line",
}
_DPI = 160
_WIDTH_INCHES = 8.5
_MOST_LICENSES = 12
_MOST_SIZES = 12
_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": "#C8CDD3",
    "axes.labelcolor": INK,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#E6E9ED",
    "xtick.color": "#57606A",
    "ytick.color": "#57606A",
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.08,
}


def draw(manifest: Manifest, folder: Path) -> list[Path]:
    """Write the pictures as PNG into `folder`, and return their paths; what has nothing to show is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures: Mapping[str, Callable[[Manifest], Figure | None]] = {
        "funnel": funnel,
        "languages": languages,
        "licenses": licenses,
        "complexity": complexity,
        "lengths": lengths,
        "duplicates": duplicates,
    }
    written = []
    for name, picture in pictures.items():
        with style.context(_STYLE, after_reset=True):
            if figure := picture(manifest):
                written.append(folder / f"{name}.png")
                figure.savefig(written[-1], format="png", dpi=_DPI, metadata={"Software": None})
    return written


def funnel(manifest: Manifest) -> Figure | None:
    """Files left after each block, and how many it took out."""
    blocks = [block for stage in manifest.stages for block in stage.blocks if block.reasons]
    if not blocks:
        return None
    names = ["read", *(_shortened(words(block.name), 28) for block in blocks)]
    left = [blocks[0].files_in, *(block.files_out for block in blocks)]
    gone = [0, *(block.files_in - block.files_out for block in blocks)]
    figure, axes = _rows_of_bars(names)
    axes.barh(names, left, color=BLUE, height=0.72, label="files left")
    axes.barh(names, gone, left=left, color=RED, alpha=0.75, height=0.72, label="taken out here")
    for row, (files, lost) in enumerate(zip(left, gone, strict=True)):
        label = count(files) if row == 0 else f"{count(files)}   {_loss(blocks[row - 1])}"
        axes.text(files + lost, row, f"  {label}", va="center", fontsize=8, color=INK)
    _finish_bars(axes, "files", left[0] * 1.55)
    axes.legend(loc="lower right")
    return figure


def languages(manifest: Manifest) -> Figure | None:
    """Files of each language, by split."""
    table = manifest.contents.languages
    if not table:
        return None
    names = [language.name for language in table]
    figure, axes = _rows_of_bars(names)
    done = [0] * len(names)
    for split in sorted(manifest.contents.splits, key=split_order):
        files = [language.splits[split].files if split in language.splits else 0 for language in table]
        axes.barh(names, files, left=done, color=SPLIT_COLOURS.get(split, GREY), height=0.72, label=split)
        done = [before + more for before, more in zip(done, files, strict=True)]
    for row, language in enumerate(table):
        label = f"  {count(language.amount.files)}  ({size(language.amount.bytes)})"
        axes.text(done[row], row, label, va="center", fontsize=8)
    _finish_bars(axes, "files", max(done) * 1.2)
    axes.legend(loc="lower right", title="split")
    return figure


def licenses(manifest: Manifest) -> Figure | None:
    """Share of the files under each effective license expression; the rare ones together."""
    contents = manifest.contents
    table = [(words(entry.expression), entry.files) for entry in contents.licenses]
    if not table:
        return None
    if rest := table[_MOST_LICENSES:]:
        table = [*table[:_MOST_LICENSES], (f"{plural(len(rest), 'other expression')}", sum(n for _, n in rest))]
    names = [_shortened(name, 44) for name, _ in table]
    shares = [100 * files / contents.total.files for _, files in table]
    figure, axes = _rows_of_bars(names)
    positions = range(len(names))
    axes.barh(positions, shares, color=BLUE, height=0.72, tick_label=names)
    for row, (_, files) in enumerate(table):
        axes.text(shares[row], row, f"  {share(files, contents.total.files)}  ({count(files)})", va="center", fontsize=8)
    _finish_bars(axes, "share of the files, %", max(shares) * 1.25)
    return figure


def complexity(manifest: Manifest) -> Figure | None:
    """Distributions of what the recipe's complexity band looks at."""
    return _panels(manifest, COMPLEXITY)


def lengths(manifest: Manifest) -> Figure | None:
    """Distributions of how long files are."""
    return _panels(manifest, LENGTHS)


def duplicates(manifest: Manifest) -> Figure | None:
    """How large the duplicate clusters are, and how far near copies are from the copy they were verified with."""
    found = manifest.contents.duplicates
    if not found.clusters:
        return None
    figure = Figure(figsize=(_WIDTH_INCHES, 2.9))
    left, right = figure.subplots(1, 2)
    _counted(left, list(_sizes(found)), "Clusters by size", "files in the cluster", "clusters")
    bits = range(max(found.distances, default=0) + 1)
    near = [(str(bit), found.distances.get(bit, 0)) for bit in bits]
    _counted(right, near, "Near copies by distance", "SimHash distance, bits of 64", "files")
    return figure


def words(name: str) -> str:
    """A name without what the font has no glyph for, such as an emoji in front of it; underscores become spaces."""
    plain = "".join(letter for letter in name if ord(letter) < 0x2000)
    return " ".join(plain.replace("_", " ").replace("$", r"\$").split())


def _loss(block: Block) -> str:
    """What a block took out, and the reason that took most."""
    reason, files = max(block.reasons.items(), key=lambda item: (item[1], item[0]))
    total = block.files_in - block.files_out
    most = words(reason) if files == total else f"most: {words(reason)}, {count(files)}"
    return f"−{count(total)} ({_shortened(most, 34)})" if total else ""


def _rows_of_bars(names: Sequence[str]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH_INCHES, 0.9 + 0.3 * max(len(names), 3)))
    return figure, figure.subplots()


def _finish_bars(axes: Axes, label: str, most: float) -> None:
    """Largest on top, room for the numbers at the end of the bars, thin grid."""
    axes.set_xlabel(label)
    axes.set_xlim(0, most)
    axes.invert_yaxis()
    axes.grid(axis="x")
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value))))


def _panels(manifest: Manifest, columns: Sequence[str]) -> Figure | None:
    if not manifest.contents.total.files:
        return None
    figure = Figure(figsize=(_WIDTH_INCHES, 4.6))
    for axes, column in zip(figure.subplots(2, 2).flat, columns, strict=True):
        _histogram(axes, _TITLES[column], manifest.contents.distributions[column])
    return figure


def _histogram(axes: Axes, title: str, facts: Distribution) -> None:
    """Bins of equal width, whatever they span; the ticks stand where their values lie."""
    bins, highest = len(facts.counts), max(facts.counts)
    axes.bar([index + 0.5 for index in range(bins)], facts.counts, width=0.9, color=BLUE)
    axes.set_title(title)
    axes.set_xlabel(facts.unit if _one_value_a_bin(facts.edges) else f"{facts.unit}, logarithmic")
    axes.set_ylabel("files")
    axes.set_ylim(0, highest * 1.3)
    axes.set_xlim(-0.02 * bins, 1.02 * bins)
    ticks = list(_ticks(facts.edges))
    axes.set_xticks([_place(tick, facts.edges) for tick in ticks])
    axes.set_xticklabels([short(tick) for tick in ticks])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value))))
    axes.grid(axis="y")
    axes.tick_params(length=0)
    for row, (value, label, colour) in enumerate(_marks(facts)):
        place = _place(value, facts.edges)
        side = "left" if place < (0.3 if row == 0 else 0.7) * bins else "right"
        axes.axvline(place, color=colour, linewidth=1.2)
        height = highest * (1.29 - 0.11 * row)
        axes.text(place, height, f" {label} ", color=colour, fontsize=7.5, va="top", ha=side)


def _marks(facts: Distribution) -> Iterator[tuple[int, str, str]]:
    yield facts.quantiles.median, f"median {short(facts.quantiles.median)}", RED
    if facts.quantiles.p90 > facts.quantiles.median:
        yield facts.quantiles.p90, f"90 % of files ≤ {short(facts.quantiles.p90)}", GREY


def _ticks(edges: Sequence[int]) -> Iterator[int]:
    """Few round values between the first and the last edge: even steps where a bin is a value, else 1, 2, 5, 10, 20 ..."""
    first, last = edges[0], edges[-1]
    if _one_value_a_bin(edges):
        step = next(step for step in (1, 2, 5, 10, 20) if (last - first) / step <= 9)
        yield from range(-(-first // step) * step, last, step)
        return
    decades = len(str(last)) - len(str(max(first, 1)))
    for decade in range(len(str(last))):
        for digit in (1, 2, 5) if decades <= 2 else (1, 3) if decades == 3 else (1,):
            if first <= digit * 10**decade <= last:
                yield digit * 10**decade


def _place(value: int, edges: Sequence[int]) -> float:
    """Where a value lies among equally wide bins, in bins from the left; a value with a bin of its own, in its middle."""
    for index, (low, high) in enumerate(pairwise(edges)):
        if value < high:
            if high - low == 1:
                return index + (0.5 if _one_value_a_bin(edges) else 0.0)
            return index + log(max(value, low, 1) / max(low, 1)) / log(high / max(low, 1))
    return float(len(edges) - 1)


def _one_value_a_bin(edges: Sequence[int]) -> bool:
    return edges[-1] - edges[0] == len(edges) - 1


def _counted(axes: Axes, table: Sequence[tuple[str, int]], title: str, xlabel: str, ylabel: str) -> None:
    axes.bar([name for name, _ in table], [number for _, number in table], color=BLUE, width=0.8)
    for place, (_, number) in enumerate(table):
        axes.text(place, number, short(number) if number else "", ha="center", va="bottom", fontsize=7.5)
    axes.set_title(title)
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.grid(axis="y")
    axes.tick_params(length=0)


def _sizes(found: Duplicates) -> Iterator[tuple[str, int]]:
    """Cluster sizes from 2 up, the large ones together."""
    last = max(found.sizes)
    for members in range(2, min(last, _MOST_SIZES) + 1):
        yield str(members), found.sizes.get(members, 0)
    if last > _MOST_SIZES:
        yield f"> {_MOST_SIZES}", sum(number for members, number in found.sizes.items() if members > _MOST_SIZES)


def _shortened(name: str, letters: int) -> str:
    return name if len(name) <= letters else name[: letters - 1] + "…"
