"""Files of a dataset as documents: a dataset folder, or any dataset on a Hub with a column of text."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.errors import InputError
from seedbed.model.draws import draws
from seedbed.train_recipe import DatasetChoice

NAMES: Final = ("project", "path", "language")
"""Columns that are used where a dataset has them; without `project` each row is a project of its own."""
BUCKETS: Final = 256
"""Parts that projects are spread over; a shard of tokens takes whole buckets."""
_BATCH_ROWS: Final = 256


class FolderCorpus(PipelineStep):
    """Rows of one split of a dataset folder."""

    name = "corpus"
    type = "seedbed"

    def __init__(self, folder: str, split: str, text_column: str) -> None:
        super().__init__()
        self.folder, self.split, self.text_column = Path(folder), split, text_column

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for path in split_files(self.folder, self.split)[rank::world_size]:
            wanted = columns(pq.read_schema(path).names, self.text_column, path.name)
            for batch in pq.ParquetFile(path).iter_batches(_BATCH_ROWS, columns=wanted):
                for row in batch.to_pylist():
                    yield document(row, self.text_column, self.split)


class HubCorpus(PipelineStep):
    """Rows of one split of a dataset on a Hub, streamed."""

    name = "corpus"
    type = "seedbed"

    def __init__(self, choice: DatasetChoice, split: str) -> None:
        super().__init__()
        self.choice, self.split = choice, split

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        from datasets import load_dataset

        choice = self.choice
        rows = load_dataset(choice.id, choice.config, split=self.split, revision=choice.revision, streaming=True)
        wanted = columns(rows.column_names or list(rows.features or ()), choice.text_column, str(choice.id))
        parts = min(world_size, rows.num_shards)
        if rank < parts:
            for row in rows.select_columns(wanted).shard(parts, rank):
                yield document(row, choice.text_column, self.split)


class Spread(PipelineStep):
    """Count documents by language, and put each into the bucket of its project; a bucket's files are sorted when read."""

    name = "spread"
    type = "seedbed"

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = Path(folder)

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for doc in data or ():
            if not doc.text:
                continue
            count = counts[doc.metadata["language"]]
            count[0] += 1
            count[1] += len(doc.text.encode())
            doc.metadata["bucket"] = f"{bucket_of(doc.metadata['project']):03d}"
            yield doc
        (self.folder / f"{rank:05d}.json").write_text(json.dumps(counts), encoding="utf-8")


def split_files(folder: Path, split: str) -> list[Path]:
    """The parquet files of a split of a dataset folder, sorted."""
    return sorted(folder.glob(f"data/*/{split}-*.parquet"))


def columns(found: list[str], text_column: str, where: str) -> list[str]:
    """The columns that are read. Raises: InputError when the text is not there."""
    if text_column not in found:
        raise InputError(f"{where}: no column {text_column!r}. Allowed in dataset.text_column: {', '.join(sorted(found))}.")
    return [text_column, *(name for name in ("id", *NAMES) if name in found and name != text_column)]


def document(row: Mapping[str, Any], text_column: str, split: str) -> Document:
    """A row as a document; what the dataset does not say is made of the text's hash."""
    text = str(row[text_column] or "")
    name = str(row.get("id") or hashlib.sha256(text.encode()).hexdigest())
    project = str(row.get("project") or name)
    metadata = {
        "project": project,
        "path": str(row.get("path") or ""),
        "language": str(row.get("language") or "unknown"),
        "split": split,
    }
    return Document(text=text, id=name, metadata=metadata)


def bucket_of(project: str) -> int:
    """Bucket of a project, 0 to 255: the same in every dataset."""
    return int(draws(0, "bucket", project)[0] * BUCKETS)
