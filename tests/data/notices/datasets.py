"""A small dataset folder whose notices are made by the steps of the pipeline, cut over any number of tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from datatrove.data import Document
from datatrove.pipeline.writers import JsonlWriter

from seedbed.core.manifests.columns import REJECTED, Column, arrow_schema
from seedbed.core.manifests.dataset import Notices
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.notices.collector import NoticeCollector
from seedbed.data.notices.merge import MergeNotices, SpreadNotices
from seedbed.data.notices.publish import write_tables
from seedbed.publishing.cards import notice_page

Files = Mapping[str, str]
Sources = Mapping[str, Files]
_SAMPLE = (*(column for column in REJECTED if column.name in {"id", "notice_id", "text"}),)


def documents(sources: Sources) -> Iterator[Document]:
    """Every file of the sources, as ingestion hands them on."""
    for project, files in sources.items():
        source = f"pkg:pypi/{project}@1.0"
        for path, text in files.items():
            metadata = {"source": source, "project": f"pkg:pypi/{project}", "version": "1.0", "path": path}
            yield Document(text=text, id=f"{source}#{path}", metadata={**metadata, "license": "MIT", "archive_sha256": "0" * 64})


def collected(sources: Sources, legal: Path) -> list[Document]:
    """The code files with their notices."""
    every = list(LegalFiles(str(legal)).run(documents(sources)))
    collector = NoticeCollector(str(legal))
    code = [document for document in every if document.metadata["path"].endswith((".py", ".c", ".js"))]
    assert all(collector.filter(document) for document in code)
    return code


def build(sources: Sources, folder: Path, tasks: int = 1) -> tuple[Path, list[Document], Notices]:
    """A dataset folder with samples and notices. Returns: it, its documents, and the counts."""
    legal, spread, merged, out = (folder / name for name in ("legal", "spread", "merged", "dataset"))
    kept = collected(sources, legal)
    for rank in range(tasks):
        writer = JsonlWriter(str(spread), "${bucket}/${rank}.jsonl", compression="zstd")
        list(writer.run(SpreadNotices().run(iter(kept[rank::tasks]), rank, tasks), rank, tasks))
    merged.mkdir()
    for rank in range(tasks):
        list(MergeNotices(spread, str(legal), merged).run(None, rank, tasks))
    out.mkdir()
    _samples(out / "data" / "any" / "train-00000-of-00001.parquet", kept)
    notices = write_tables(merged, out)
    notice_page.write("A dataset", notices, out)
    return out, kept, notices


def _samples(path: Path, kept: list[Document]) -> None:
    path.parent.mkdir(parents=True)
    rows = [{"id": each.id, "notice_id": each.metadata["notice_id"], "text": each.text} for each in kept]
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema(_SAMPLE)), path)


def rewrite(path: Path, columns: tuple[Column, ...], rows: list[dict[str, Any]]) -> None:
    """Replace the rows of a table."""
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema(columns)), path)
