"""Rows to parquet: sorted, typed, and cut so that a viewer and a reader can take small pieces. Same rows, same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from seedbed.core.config.recipe import Output
from seedbed.core.manifests.columns import Column, arrow_schema

Row = Mapping[str, Any]
_COMPRESSION_LEVEL = 9


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
    # Content-defined chunking keeps pages equal between releases, so that the Hub's storage keeps them once.
    with pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=_COMPRESSION_LEVEL,
        write_page_index=True,
        use_content_defined_chunking=True,
    ) as writer:
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
