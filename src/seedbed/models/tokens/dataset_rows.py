"""Read the dataset of a training recipe: a dataset folder, or a dataset on a Hub, streamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import get_dataset_split_names, load_dataset
from datasets.exceptions import DatasetNotFoundError
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError

DatasetRow = Mapping[str, Any]
OPTIONAL: Final = ("id", "project", "path", "language")
"""Columns that are read where the dataset has them; without `project` each row is packed on its own."""
_BATCH_ROWS: Final = 256
_HUB_ERRORS: Final = (DatasetNotFoundError, HfHubHTTPError, ValueError, OSError)
"""Errors of `datasets` for an unknown id, revision or config, and for a Hub that does not answer."""


def commit_of(choice: DatasetChoice) -> str:
    """Commit that the revision of a dataset on a Hub points to now.

    Raises: InputError for an unknown dataset or revision.
    """
    try:
        return str(HfApi().dataset_info(str(choice.id), revision=choice.revision).sha)
    except _HUB_ERRORS as error:
        raise InputError(f"dataset.id: {choice.id}: {error}") from error


def splits_of(choice: DatasetChoice) -> list[str]:
    """Names of the splits.

    Raises: InputError for an unknown dataset, config or revision.
    """
    if choice.path is not None:
        return sorted({path.name.split("-")[0] for path in Path(choice.path).glob("data/*/*-*.parquet")})
    try:
        return sorted(get_dataset_split_names(str(choice.id), choice.config, revision=choice.revision))
    except _HUB_ERRORS as error:
        raise InputError(f"dataset.id: {choice.id}: {error}") from error


def rows_of(choice: DatasetChoice, split: str, rank: int = 0, world_size: int = 1) -> Iterator[DatasetRow]:
    """Rows of a split with the text and the optional columns, distributed over ranks by file.

    Raises: InputError for a missing text column, a broken file, or a Hub that does not answer.
    """
    if choice.path is not None:
        yield from _folder_rows(Path(choice.path), split, choice.text_column, (rank, world_size))
        return
    try:
        yield from _hub_rows(choice, split, (rank, world_size))
    except _HUB_ERRORS as error:
        raise InputError(f"dataset.id: {choice.id}: {error}") from error


def text_of(row: DatasetRow, choice: DatasetChoice) -> str:
    """Text of a row, "" for null.

    Raises: InputError when the column is not of strings.
    """
    text = row[choice.text_column]
    if text is None:
        return ""
    if not isinstance(text, str):
        raise InputError(
            f"dataset.text_column: {choice.text_column}: holds {type(text).__name__} in {choice.path or choice.id}, not text. "
            "Allowed: a column of strings."
        )
    return text


def _folder_rows(folder: Path, split: str, text_column: str, part: tuple[int, int]) -> Iterator[DatasetRow]:
    rank, world_size = part
    for path in sorted(folder.glob(f"data/*/{split}-*.parquet"))[rank::world_size]:
        try:
            yield from _file_rows(path, text_column, f"{folder.name}: {path.name}")
        except (pa.ArrowException, OSError) as error:
            name = path.relative_to(folder).as_posix()
            raise InputError(f"{folder.name}: {name}: broken: {str(error).rstrip('.')}. Allowed: whole parquet files.") from error


def _file_rows(path: Path, text_column: str, where: str) -> Iterator[DatasetRow]:
    columns = _columns(pq.read_schema(path).names, text_column, where)
    with pq.ParquetFile(path) as table:
        for batch in table.iter_batches(_BATCH_ROWS, columns=columns):
            yield from batch.to_pylist()


def _hub_rows(choice: DatasetChoice, split: str, part: tuple[int, int]) -> Iterator[DatasetRow]:
    rank, world_size = part
    rows = load_dataset(str(choice.id), choice.config, split=split, revision=choice.revision, streaming=True)
    available = rows.column_names or list(next(iter(rows), ()))
    parts = min(world_size, rows.num_shards)
    if available and rank < parts:
        columns = _columns(available, choice.text_column, str(choice.id))
        yield from rows.select_columns(columns).shard(parts, rank)


def _columns(available: Sequence[str], text_column: str, where: str) -> list[str]:
    if text_column not in available:
        raise InputError(f"{where}: no column {text_column!r}. Allowed in dataset.text_column: {', '.join(sorted(available))}.")
    return [text_column, *(name for name in OPTIONAL if name in available and name != text_column)]
