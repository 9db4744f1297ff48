"""The first rows of a parquet file, bounded: few rows, few columns, short values, whatever the file holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_ROWS = 20
MAX_COLUMNS = 60
MAX_LETTERS = 300
MAX_ITEMS = 50  # of a nested value: beyond it nothing is looked at
MAX_ROW_GROUP_BYTES = 1 << 30  # uncompressed, as the file says; pages are unpacked one by one, so this bounds one value
MAX_DEPTH = 8


@dataclass(frozen=True)
class Cell:
    """A value as text. `kind` is text, number, null or nested; `clipped` when there is more of it."""

    text: str
    kind: str = "text"
    clipped: bool = False


@dataclass(frozen=True)
class Column:
    name: str
    type: str


@dataclass(frozen=True)
class Rows:
    """Columns and first rows of a file with `total` rows, or one line on why there are none."""

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    total: int = 0
    columns_left_out: int = 0
    problem: str | None = None


def first_rows(path: Path) -> Rows:
    """Read up to MAX_ROWS rows of a parquet file. Never raises for what is inside the file."""
    from pyarrow import ArrowException

    try:
        return _read(path)
    except (ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError) as error:
        return Rows(problem=f"No rows shown: {_one_line(error)}")


def _read(path: Path) -> Rows:
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path, memory_map=True, pre_buffer=False) as file:
        metadata, fields = file.metadata, list(file.schema_arrow)
        shown = fields[:MAX_COLUMNS]
        columns = tuple(Column(_clip(field.name, 80), _clip(str(field.type), 60)) for field in shown)
        if metadata.num_row_groups and metadata.row_group(0).total_byte_size > MAX_ROW_GROUP_BYTES:
            return Rows(columns, total=metadata.num_rows, problem="No rows shown: the first row group is over 1 GiB.")
        names = [field.name for field in shown]
        batches = file.iter_batches(MAX_ROWS, row_groups=[0], columns=names, use_threads=False) if metadata.num_row_groups else ()
        batch = next(iter(batches), None)
        rows = _rows(batch, names) if batch is not None else ()
        return Rows(columns, rows, metadata.num_rows, len(fields) - len(shown))


def _rows(batch: Any, names: list[str]) -> tuple[tuple[Cell, ...], ...]:
    columns = [batch.column(index) for index, _ in enumerate(names)]
    return tuple(tuple(cell(column[row].as_py()) for column in columns) for row in range(min(MAX_ROWS, batch.num_rows)))


def cell(value: Any) -> Cell:
    """One value as a reader sees it.

    >>> cell({"a": [1, None]})
    Cell(text='{"a":[1,null]}', kind='nested', clipped=False)
    >>> cell(None)
    Cell(text='null', kind='null', clipped=False)
    """
    if value is None:
        return Cell("null", "null")
    if isinstance(value, list | dict):
        return _clipped(json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")), "nested")
    plain = _plain(value)
    if isinstance(plain, str):
        return _clipped(plain, "text")
    return Cell(json.dumps(plain), "number")


def _plain(value: Any, depth: int = 0) -> Any:
    """What JSON can hold, cut before it is turned to text: long lists, long strings, bytes by their number."""
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    if isinstance(value, dict | list | tuple) and depth >= MAX_DEPTH:
        return "..."
    if isinstance(value, dict):
        return {str(key)[:80]: _plain(inner, depth + 1) for key, inner in list(value.items())[:MAX_ITEMS]}
    if isinstance(value, list | tuple):  # a map's entries come as tuples
        return [_plain(inner, depth + 1) for inner in value[:MAX_ITEMS]] + ["..."] * (len(value) > MAX_ITEMS)
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[: 2 * MAX_LETTERS]


def _clipped(text: str, kind: str) -> Cell:
    return Cell(text[:MAX_LETTERS], kind, clipped=len(text) > MAX_LETTERS)


def _clip(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
