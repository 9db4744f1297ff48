"""A row of bars for each block, language or license. Every bar starts at zero and has its number beside it: no axis needed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seedbed.core.manifests.contents import Block, split_order
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.text.formatting import count, plural, share, shortened, size
from seedbed.publishing import rejections
from seedbed.publishing.plots.style import BLUE, GREY, INK, RED, RUST, SPLIT_COLOURS, WIDTH_INCHES, Drawing, drawable

_ROW, _TOP, _BOTTOM, _LETTER = 0.3, 0.34, 0.12, 0.073
_MOST_LICENSES = 12
_LETTERS = 50
# Where the columns beside the funnel's bars end or begin, in inches from the left.
_LEFT_AT, _GONE_AT, _WHY_AT = 4.55, 5.2, 5.42


def of_dataset(manifest: Manifest) -> Iterator[Drawing]:
    """Funnel, languages and licenses."""
    if figure := funnel(manifest):
        yield Drawing("funnel", "funnel", "Bars: files left after each block, and the reason that took most out", figure)
    if figure := languages(manifest):
        yield Drawing("languages", "languages", "Bars: files of each language, by split", figure)
    if figure := licenses(manifest):
        yield Drawing("licenses", "licenses", "Bars: share of the files under each effective license", figure)


def funnel(manifest: Manifest) -> Figure | None:
    """Files left after each block, how many it took out, and the words for most of them."""
    blocks = [block for stage in manifest.stages for block in stage.blocks if block.reasons]
    if not blocks:
        return None
    names = ["read", *(shortened(drawable(block.name), 28) for block in blocks)]
    left = [blocks[0].files_in, *(block.files_out for block in blocks)]
    gone = [0, *(block.files_in - block.files_out for block in blocks)]
    why = ["", *_reasons(manifest, blocks)]
    figure, axes = _rows(names, until=_LEFT_AT - 0.6)
    axes.barh(range(len(names)), left, color=BLUE, height=0.66)
    axes.barh(range(len(names)), gone, left=left, color=RUST, height=0.66)
    axes.set_xlim(0, left[0] or 1)
    _column(axes, _LEFT_AT, "right", BLUE, ["files left", *map(count, left)])
    _column(axes, _GONE_AT, "right", RED, ["taken out", *(f"−{count(files)}" if files else "" for files in gone)])
    _column(axes, _WHY_AT, "left", GREY, ["mostly", *why])
    return figure


def languages(manifest: Manifest) -> Figure | None:
    """Files of each language, by split."""
    table = manifest.contents.languages
    if not table:
        return None
    figure, axes = _rows([language.name for language in table], until=WIDTH_INCHES - 1.5)
    done = [0] * len(table)
    for split in sorted(manifest.contents.splits, key=split_order):
        files = [language.splits[split].files if split in language.splits else 0 for language in table]
        axes.barh(range(len(table)), files, left=done, color=SPLIT_COLOURS.get(split, GREY), height=0.66, label=split)
        done = [before + more for before, more in zip(done, files, strict=True)]
    axes.set_xlim(0, max(done))
    _numbers(axes, done, [f"{count(language.amount.files)} files, {size(language.amount.bytes)}" for language in table])
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.01), ncols=3, borderpad=0, borderaxespad=0, handlelength=1, handleheight=1)
    return figure


def licenses(manifest: Manifest) -> Figure | None:
    """Share of the files under each effective license expression; the rare ones together."""
    contents = manifest.contents
    table = [(drawable(entry.expression), entry.files) for entry in contents.licenses]
    if not table:
        return None
    if rest := table[_MOST_LICENSES:]:
        table = [*table[:_MOST_LICENSES], (plural(len(rest), "other expression"), sum(files for _, files in rest))]
    files = [number for _, number in table]
    figure, axes = _rows([shortened(name, 44) for name, _ in table], until=WIDTH_INCHES - 1.5, top=_BOTTOM)
    axes.barh(range(len(table)), files, color=BLUE, height=0.66)
    axes.set_xlim(0, max(files))
    _numbers(axes, files, [f"{share(number, contents.total.files)}, {plural(number, 'file')}" for number in files])
    return figure


def _reasons(manifest: Manifest, blocks: Sequence[Block]) -> Iterator[str]:
    """For each block, what took most files out, in the card's words; how many, where there are others beside it."""
    known = rejections.sentences(manifest)
    for block in blocks:
        kinds: dict[str, int] = {}
        for reason, files in block.reasons.items():
            kind = rejections.kind(reason, known)
            kinds[kind] = kinds.get(kind, 0) + files
        kind, files = max(kinds.items(), key=lambda item: (item[1], item[0]))
        number = "" if files == sum(kinds.values()) else f",\N{NO-BREAK SPACE}{count(files)}"
        sentence = shortened(drawable(rejections.explain(known, kind)), 2 * _LETTERS - 10)
        yield "\n".join(textwrap.wrap(sentence + number, _LETTERS)[:2])


def _rows(names: Sequence[str], until: float, top: float = _TOP) -> tuple[Figure, Axes]:
    """Room for one bar a name: names on the left, bars up to `until` inches from the left edge, the largest at the top."""
    rows = max(len(names), 2)
    height = top + _ROW * rows + _BOTTOM
    start = 0.35 + _LETTER * max(map(len, names))
    figure = Figure(figsize=(WIDTH_INCHES, height))
    box = (start / WIDTH_INCHES, _BOTTOM / height, (until - start) / WIDTH_INCHES, _ROW * rows / height)
    axes = figure.add_axes(box)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names, color=INK, fontsize=8.5)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    return figure, axes


def _column(axes: Axes, inches: float, side: str, colour: str, cells: Sequence[str]) -> None:
    """A column of text beside the bars; the first cell is its heading, above the first row."""
    box = axes.get_position()
    place = (inches / WIDTH_INCHES - box.x0) / box.width
    for row, cell in enumerate(cells, -1):
        small = row < 0 or side == "left"
        axes.text(
            place,
            row,
            cell,
            transform=axes.get_yaxis_transform(),
            color=colour if small else INK,
            fontsize=7.5 if small else 8.5,
            ha=side,
            va="center" if "\n" in cell else "center_baseline",
            linespacing=1.05,
        )


def _numbers(axes: Axes, ends: Sequence[int], labels: Sequence[str]) -> None:
    """A label at the end of each bar."""
    for row, (end, label) in enumerate(zip(ends, labels, strict=True)):
        axes.annotate(label, (end, row), (5, 0), textcoords="offset points", va="center", color=GREY, fontsize=8)
