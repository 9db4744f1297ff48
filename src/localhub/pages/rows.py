"""The first rows of parquet files, bounded: few rows, few columns, short values, whatever the files hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_ROWS = 20
MAX_COLUMNS = 60
MAX_LETTERS = 300
MAX_ITEMS = 50  # of a nested value
MAX_ROW_GROUP_BYTES = 1 << 30  # uncompressed, by the file's metadata; pages are unpacked singly, so this bounds one value
MAX_DEPTH = 8
MAX_FILES = 100  # of one split; rows of further files are neither read nor counted


@dataclass(frozen=True)
class Cell:
    """A value as text. `kind` is text, number, null or nested; `clipped` if it was cut."""

    text: str
    kind: str = "text"
    clipped: bool = False


@dataclass(frozen=True)
class Column:
    name: str
    type: str


@dataclass(frozen=True)
class Rows:
    """Columns and first rows of files with `total` rows (None: not counted), and one line on a problem."""

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    total: int | None = 0
    columns_left_out: int = 0
    problem: str | None = None


def first_rows(*paths: Path) -> Rows:
    """Read up to MAX_ROWS rows of parquet files, in order. Never raises for their content.

    Columns are those of the first file; rows before a broken file, or one with other columns, are shown.
    """
    reader = _Reader()
    for number, path in enumerate(paths[:MAX_FILES], 1):
        reader.add(path, f"file {number} of {len(paths)}: " if len(paths) > 1 else "")
    if len(paths) > MAX_FILES:
        reader.total = None
    return reader.result()


class _Reader:
    """Collects rows file by file until there are enough; counts the rows of the files after that."""

    def __init__(self) -> None:
        self.total: int | None = 0
        self._fields: list[Any] | None = None
        self._rows: list[tuple[Cell, ...]] = []
        self._problem: str | None = None

    def add(self, path: Path, where: str) -> None:
        """Read the next file; `where` names it in a problem."""
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile

        try:
            with ParquetFile(path, memory_map=True, pre_buffer=False) as file:
                if self.total is not None:
                    self.total += file.metadata.num_rows
                self._fields = self._fields or list(file.schema_arrow)
                if not self._problem:
                    self._read(file, where)
        except (ArrowException, OSError, ValueError, KeyError, MemoryError, OverflowError) as error:
            self.total = None
            self._stop(where + (" ".join(str(error).split())[:200] or type(error).__name__))

    def result(self) -> Rows:
        fields = self._fields or []
        columns = tuple(Column(_clip(field.name, 80), _clip(str(field.type), 60)) for field in fields[:MAX_COLUMNS])
        left_out = max(0, len(fields) - MAX_COLUMNS)
        return Rows(columns, tuple(self._rows), self.total, left_out, self._problem)

    def _read(self, file: Any, where: str) -> None:
        names = [field.name for field in self._fields or []]
        if self._missing and [field.name for field in file.schema_arrow] != names:
            self._stop(f"{where}its columns differ.")
            return
        for group in range(file.metadata.num_row_groups):
            if not self._missing:
                return
            if file.metadata.row_group(group).total_byte_size > MAX_ROW_GROUP_BYTES:
                self._stop(f"{where}row group {group + 1} is over 1 GiB.")
                return
            batches = file.iter_batches(self._missing, row_groups=[group], columns=names[:MAX_COLUMNS], use_threads=False)
            for batch in batches:
                self._rows += _rows(batch, min(len(names), MAX_COLUMNS), self._missing)
                if not self._missing:
                    break

    @property
    def _missing(self) -> int:
        return MAX_ROWS - len(self._rows)

    def _stop(self, why: str) -> None:
        self._problem = self._problem or f"No {'more ' if self._rows else ''}rows shown: {why}"


def _rows(batch: Any, columns: int, most: int) -> list[tuple[Cell, ...]]:
    values = [batch.column(index) for index in range(columns)]
    return [tuple(cell(column[row].as_py()) for column in values) for row in range(min(most, batch.num_rows))]


def cell(value: Any) -> Cell:
    """A value as it is shown.

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
    """A JSON value, cut before it becomes text: long lists, long strings, bytes as their number."""
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
