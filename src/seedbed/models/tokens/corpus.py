"""Documents of a dataset: a dataset folder, or any dataset on a Hub with a column of text."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader

from seedbed.core.config.training import DatasetChoice
from seedbed.models.tokens.dataset_rows import rows_of, text_of
from seedbed.models.tokens.packing import CorpusFile
from seedbed.models.tokens.seeded_random import draws

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
