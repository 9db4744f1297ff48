"""Columns of published tables: type, unit and meaning. Filters declare theirs beside their class.

The same declarations write the parquet files, the card's schema table and docs/schema.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedbed.core.manifests.contents import ColumnFacts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pyarrow as pa
    import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Column:
    """One published column, or one field inside a struct.

    type: an Arrow type name, `list<` one `>`, or `struct` or `list` (of structs) with their `fields`.
    unit: "" where there is none.  meaning: one line; for a nullable column it says what null stands for.
    distribution: its histogram and quantiles are published; whole numbers from 0 on only.
    """

    name: str
    type: str
    unit: str
    meaning: str
    nullable: bool = False
    fields: tuple[Column, ...] = ()
    distribution: bool = False


PROVENANCE = (
    Column("id", "string", "", "package URL (or git URL and commit) with the path inside it; unique in the dataset"),
    Column("source", "string", "", "package URL with version, or git URL with commit"),
    Column("project", "string", "", "the source without its version; never in two splits"),
    Column("version", "string", "", "version or commit"),
    Column("path", "string", "", "path inside the archive, below its single top folder"),
    Column("archive_sha256", "string", "", "SHA-256 of the archive it came from; null for a folder or a clone", nullable=True),
    Column("swhid", "string", "", "Software Heritage id of the file's bytes: swh:1:cnt:<git blob sha1>"),
    Column("release_date", "string", "ISO 8601 date", "when this version was released, where known", nullable=True),
)
"""Where a file came from: the first columns of samples and of rejected files, written by the reader."""

TEXT = (
    Column("text", "string", "", "the file, decoded, otherwise unchanged"),
    Column("encoding", "string", "", "encoding that decoded the bytes"),
    Column("size_bytes", "int64", "bytes", "size of the file in its archive", distribution=True),
)
"""The file itself, written by the reader."""

REJECTED: tuple[Column, ...] = (
    *PROVENANCE,
    Column("stage", "string", "", "stage that rejected it"),
    Column("block", "string", "", "block that rejected it"),
    Column("reason", "string", "", "the block's verdict"),
    Column("detail", "string", "", "what the verdict rests on", nullable=True),
    Column("language", "string", "", "language, where it was known by then", nullable=True),
    Column("license", "string", "SPDX", "effective license expression, where it was known by then", nullable=True),
    Column("size_bytes", "int64", "bytes", "size of the file in its archive"),
    Column("notice_id", "string", "", "row of attribution.parquet; null where no text is published", nullable=True),
    Column("text", "string", "", "the file, only where its license allows publishing it", nullable=True),
)
"""Columns of the `rejected` config."""


def facts(columns: Iterable[Column]) -> tuple[ColumnFacts, ...]:
    """Columns as a manifest holds them."""
    return tuple(
        ColumnFacts(
            name=column.name,
            type=column.type,
            unit=column.unit,
            meaning=column.meaning,
            nullable=column.nullable,
            fields=facts(column.fields),
        )
        for column in columns
    )


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """Arrow schema of a table, with the unit and the meaning of each column in its field metadata."""
    import pyarrow as pa

    def field(column: Column) -> pa.Field:
        words = {"meaning": column.meaning} | ({"unit": column.unit} if column.unit else {})
        return pa.field(column.name, _arrow_type(column), nullable=column.nullable, metadata=words)

    return pa.schema([field(column) for column in columns])


_COMPRESSION_LEVEL = 9


def parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A writer of a published table, to be used in a `with` block.

    Content-defined chunking keeps pages equal between releases, so that the Hub's storage keeps them once.
    """
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=_COMPRESSION_LEVEL,
        write_page_index=True,
        use_content_defined_chunking=True,
    )


def _arrow_type(column: Column) -> pa.DataType:
    import pyarrow as pa

    if column.fields:
        struct = pa.struct([(part.name, _arrow_type(part)) for part in column.fields])
        return struct if column.type == "struct" else pa.list_(struct)
    item = column.type.removeprefix("list<").removesuffix(">")
    return pa.type_for_alias(item) if item == column.type else pa.list_(pa.type_for_alias(item))
