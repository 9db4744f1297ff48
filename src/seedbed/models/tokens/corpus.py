"""Rows of a dataset folder or a Hub dataset, as documents."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import get_dataset_split_names, load_dataset
from datasets.exceptions import DatasetNotFoundError
from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.models.tokens.packing import CorpusFile
from seedbed.models.tokens.sampling import draws

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


BUCKETS: Final = 256
"""Number of buckets; all files of a project are in the same one, and a shard of tokens takes whole buckets."""


class Corpus(PipelineStep):
    """Rows of one split of the recipe's dataset; rows without text are skipped."""

    name = "corpus"
    type = "seedbed"

    def __init__(self, choice: DatasetChoice, split: str) -> None:
        super().__init__()
        self.choice, self.split = choice, split

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for row in rows_of(self.choice, self.split, rank, world_size):
            if text := text_of(row, self.choice):
                yield document(row, text)


class Spread(PipelineStep):
    """Count documents by language, and set the bucket of each from its project."""

    name = "spread"
    type = "seedbed"

    def __init__(self, counts: Path) -> None:
        super().__init__()
        self.counts = counts

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        sizes: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for doc in data or ():
            size = sizes[doc.metadata["language"]]
            size[0] += 1
            size[1] += len(doc.text.encode())
            doc.metadata["bucket"] = f"{bucket_of(corpus_file(doc).group):03d}"
            yield doc
        (self.counts / f"{rank:05d}.json").write_text(json.dumps(sizes), encoding="utf-8")


class Buckets(PipelineStep):
    """Documents of some buckets: rank r of n reads the buckets r, r + n, ..."""

    name = "buckets"
    type = "seedbed"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for bucket_folder in (self.folder / f"{bucket:03d}" for bucket in range(rank, BUCKETS, world_size)):
            if bucket_folder.is_dir():
                yield from JsonlReader(str(bucket_folder), glob_pattern="*.jsonl.zst", add_file_path=False)()


def document(row: Mapping[str, Any], text: str) -> Document:
    """A row as a document; the id defaults to the SHA-256 of the text."""
    name = str(row.get("id") or hashlib.sha256(text.encode()).hexdigest())
    metadata = {"project": row.get("project") or "", "path": row.get("path") or "", "language": row.get("language") or "unknown"}
    return Document(text=text, id=name, metadata={key: str(value) for key, value in metadata.items()})


def corpus_file(doc: Document) -> CorpusFile:
    """The file of a document, as packing takes it."""
    return CorpusFile(doc.id, doc.metadata["project"], doc.metadata["path"], doc.metadata["language"], doc.text)


def bucket_of(group: str) -> int:
    """Bucket of a project, 0 to 255, by its name alone."""
    return int(draws(0, "bucket", group)[0] * BUCKETS)
