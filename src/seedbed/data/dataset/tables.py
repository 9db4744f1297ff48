"""Tables of a dataset as parquet files, the split of each project, and the sample that a card shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from seedbed.core.config.recipe import Output, Split, Splits
from seedbed.core.io.progress import Bar
from seedbed.core.manifests.columns import Column, arrow_schema, parquet_writer
from seedbed.core.syntax import LANGUAGES
from seedbed.data.attribution.build import build
from seedbed.data.dataset import stage_outputs


def split_of(project: str, splits: Splits) -> Split:
    """The split of a project.

    A pin in the recipe decides; else SHA-256 of the salt and the name, read as a number in [0, 1): below the train
    share it is train, below train + validation it is validation, and the rest is test.

    >>> shares = Splits(train=0.8, validation=0.1, test=0.1, salt="", pins={"pkg:pypi/six": "test"})
    >>> split_of("pkg:pypi/six", shares)
    'test'
    """
    if project in splits.pins:
        return splits.pins[project]
    digest = hashlib.sha256(f"{splits.salt}\0{project}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < splits.train:
        return "train"
    return "validation" if place < splits.train + splits.validation else "test"


Row = Mapping[str, Any]
_EVIDENCE = ("license_header", "license_nearest_file", "license_declared")
READ = (
    *("id", "lines", "functions", "cyclomatic_max", "language_disagrees", "cluster"),
    *(f"{name}.expression" for name in _EVIDENCE),
)
"""Columns that `rank` reads."""

_LINES = (15, 48)
_SHOWN_LINES, _SHOWN_CHARACTERS = 48, 2400


def rank(row: Row) -> tuple[Any, ...]:
    """Sorts the best example first: all evidence, a few functions, on one screen, with copies; the id decides a tie."""
    low, high = _LINES
    return (
        sum(not (row[name] or {}).get("expression") for name in _EVIDENCE),
        not 2 <= row["functions"] <= 8,
        not 3 <= row["cyclomatic_max"] <= 15,
        row["language_disagrees"],
        not low <= row["lines"] <= high,
        row["cluster"] is None,
        row["id"],
    )


def cut(row: Row) -> dict[str, Any]:
    """The row with the first whole lines of its text, at most 48 and 2,400 characters."""
    shown: list[str] = []
    for line in row["text"].splitlines(keepends=True)[:_SHOWN_LINES]:
        if shown and sum(map(len, shown)) + len(line) > _SHOWN_CHARACTERS:
            break
        shown.append(line[:_SHOWN_CHARACTERS])
    return {**row, "text": "".join(shown)}


def write_table(
    rows: Sequence[Row], columns: tuple[Column, ...], folder: Path, name: str, output: Output
) -> list[tuple[Path, int]]:
    """Write rows, in the order of their ids, as `name-00000-of-0000N.parquet`.

    Returns: each file with its number of rows; one file without rows where there are none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    schema = arrow_schema(columns)
    ordered = sorted(rows, key=lambda row: (row.get("cluster") or "" if name == "duplicates" else "", row["id"]))
    shards = list(_cut(ordered, output.shard_bytes)) or [[]]
    written = []
    for number, shard in enumerate(shards):
        path = folder / f"{name}-{number:05d}-of-{len(shards):05d}.parquet"
        _write(shard, schema, path, output.row_group_bytes)
        written.append((path, len(shard)))
    return written


def _write(rows: Sequence[Row], schema: pa.Schema, path: Path, row_group_bytes: int) -> None:
    with parquet_writer(path, schema) as writer:
        for group in _cut(rows, row_group_bytes):
            names = schema.names
            writer.write_table(pa.Table.from_pylist([{key: row.get(key) for key in names} for row in group], schema=schema))


def _cut(rows: Sequence[Row], limit_bytes: int) -> Iterator[list[Row]]:
    """Runs of rows of at most `limit_bytes` of text each, and at least one row."""
    group: list[Row] = []
    size = 0
    for row in rows:
        length = len(row.get("text") or "") + 512  # the other columns, roughly
        if group and size + length > limit_bytes:
            yield group
            group, size = [], 0
        group.append(row)
        size += length
    if group:
        yield group


def samples(documents: Path, splits: Splits) -> list[Row]:
    """Kept documents as rows, each with its split, by id."""
    rows = []
    for row in _rows(documents):
        rows.append({**row, "split": split_of(row["project"], splits)})
    return sorted(rows, key=lambda row: str(row["id"]))


def write_samples(rows: Sequence[Row], columns: tuple[Column, ...], folder: Path, output: Output) -> None:
    """One folder a language, one run of files a split."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((LANGUAGES[row["language"]].key, row["split"]), []).append(row)
    with Bar("package", len(groups), "table") as bar:
        for number, ((config, split), group) in enumerate(sorted(groups.items()), 1):
            write_table(group, columns, folder / config, split, output)
            bar.update(number)


def write_index(documents: Path, files: int, folder: Path) -> None:
    """The index for attribution. It is part of the dataset's folder, and the hashes of the manifest bind it to these rows."""
    with Bar("attribution", files, "file") as bar:
        build(_rows(documents), folder, bar.update)


def _rows(documents: Path) -> Iterator[Row]:
    for record in stage_outputs.read(documents):
        yield {**record["metadata"], "id": record["id"], "text": record["text"]}
