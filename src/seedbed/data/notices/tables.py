"""The published notices: `attribution.parquet`, a row a set of legal files, and `license_texts.parquet`, a row a distinct text.

`notice_id` of a sample names a row of the first, `files.sha256` there a row of the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from seedbed.core.manifests.columns import Column, arrow_schema, parquet_writer
from seedbed.core.manifests.dataset import NOTICE_FILES
from seedbed.core.text import formatting

PAGE, ATTRIBUTION, LICENSE_TEXTS = NOTICE_FILES

Row = Mapping[str, Any]

NOTICE_COLUMNS: Final = (
    Column("notice_id", "string", "", "id that samples carry; SHA-256 of the source and its legal files, cut to 32 digits"),
    Column("project", "string", "", "the source without its version"),
    Column("source", "string", "", "package URL with version, or git URL with commit"),
    Column("version", "string", "", "version or commit"),
    Column("url", "string", "", "web page of this version, where its source tells one", nullable=True),
    Column("archive_sha256", "string", "", "SHA-256 of the archive; null for a folder or a clone", nullable=True),
    Column("samples", "int64", "", "published files with this notice; those in `rejected` do not count"),
    Column("licenses", "list<string>", "SPDX", "effective license expressions of these files"),
    Column("copyrights", "list<string>", "", "copyright statements of the license files, then those of the files themselves"),
    Column("holders", "list<string>", "", "names in these statements, without years and addresses"),
    Column(
        "files",
        "list",
        "",
        "license files and notices of the project that travel with these files",
        fields=(
            Column("path", "string", "", "path inside the archive"),
            Column("kind", "string", "", "`license`, or `notice` for NOTICE files and lists of third-party notices"),
            Column("sha256", "string", "", "its row in license_texts.parquet; null where it could not be read", nullable=True),
        ),
    ),
    Column("is_complete", "bool", "", "false where a limit cut the statements, or a legal file could not be read"),
)
TEXT_COLUMNS: Final = (
    Column("sha256", "string", "", "SHA-256 of the text as UTF-8"),
    Column("size_bytes", "int64", "bytes", "length of the text as UTF-8"),
    Column("text", "string", "", "the whole text of the license file or notice, unchanged"),
)
_GROUP_CHARACTERS = 4_000_000


def write(path: Path, columns: tuple[Column, ...], rows: Iterable[Row]) -> int:
    """Write rows in their order, and return how many. Memory: a row group, 4 million characters and one row at most."""
    schema, count = arrow_schema(columns), 0
    with parquet_writer(path, schema) as writer:
        for group in _groups(rows):
            count += len(group)
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
    return count


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    characters = 0
    for row in rows:
        group.append(row)
        characters += 200 + len(row.get("text", "")) + sum(map(len, row.get("copyrights", ())))
        if characters > _GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def read(path: Path, names: Iterable[str] | None = None) -> Iterator[dict[str, Any]]:
    """Rows of a parquet file in their order, a batch at a time. Args: names: of the columns that are read; None reads all."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=256, columns=None if names is None else list(names)):
            yield from batch.to_pylist()


def heading(source: str) -> str:
    """The line of NOTICE.md under which a source stands."""
    return f"## {formatting.code(source)}"
