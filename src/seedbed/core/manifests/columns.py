"""The columns of what is published: one place, each with its type, unit and meaning.

The same list writes the parquet files, the card's schema table and docs/reference/schema.md, so none of them can drift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

EVIDENCE = "evidence"
"""Type name of a license evidence: see `evidence_type`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One published column.

    `type` is an Arrow type name, `list<` one `>`, or `EVIDENCE`; `unit` is "" where there is none; `stage` names who fills it.
    """

    name: str
    type: str
    unit: str
    meaning: str
    nullable: bool = False


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
TEXT = (
    Column("text", "string", "", "the file, decoded, otherwise unchanged"),
    Column("encoding", "string", "", "encoding that decoded the bytes"),
    Column("size_bytes", "int64", "bytes", "size of the file in its archive"),
    Column("lines", "int32", "lines", "number of lines"),
    Column("line_length_max", "int32", "characters", "longest line"),
    Column("line_length_mean", "float32", "characters", "mean line length"),
    Column("alphanumeric_share", "float32", "", "share of characters that are letters or digits, 0 to 1"),
)
LANGUAGE = (
    Column("language", "string", "", "language by content, with the name as a hint"),
    Column("language_source", "string", "", "what decided: parse, shebang, name, model or content"),
    Column("language_by_name", "string", "", "what the file name alone says", nullable=True),
    Column("language_disagrees", "bool", "", "the content contradicts the file name"),
)
LICENSE = (
    Column("license", "string", "SPDX", "effective license expression, all evidence together"),
    Column("license_category", "string", "", "most restrictive category in it, in scancode's words"),
    Column("license_header", EVIDENCE, "", "what the file itself says", nullable=True),
    Column("license_nearest_file", EVIDENCE, "", "what the nearest license file above it says (inherited)", nullable=True),
    Column("license_declared", EVIDENCE, "", "what the package's manifest declares (inherited)", nullable=True),
)
SYNTAX = (
    Column("syntax_error_ratio", "float32", "", "bytes under ERROR nodes and MISSING nodes over all bytes"),
    Column("syntax_missing", "int32", "nodes", "nodes that the parser had to invent"),
    Column("syntax_valid", "bool", "", "no error node, no missing node, and the native parser agrees where there is one"),
    Column("syntax_native", "string", "", "native parser's word: ok, python2 or error; null without one", nullable=True),
    Column("syntax_disagrees", "bool", "", "tree-sitter and the native parser disagree"),
)
COMPLEXITY = (
    Column("functions", "int32", "functions", "functions and methods"),
    Column("cyclomatic_max", "int32", "paths", "highest cyclomatic complexity of a function; 0 without functions"),
    Column("cyclomatic_median", "float32", "paths", "median over functions"),
    Column("function_lines_max", "int32", "lines", "longest function"),
    Column("function_lines_median", "float32", "lines", "median over functions"),
    Column("nesting_max", "int32", "levels", "deepest nesting of control structures in a function"),
    Column("parameters_max", "int32", "parameters", "most parameters of a function"),
    Column("tokens", "int32", "tokens", "leaves of the syntax tree, comments aside"),
)
FINGERPRINT = (
    Column("content_hash", "string", "", "128-bit hash of the content with white space normalised, hexadecimal"),
    Column("simhash", "string", "", "64-bit SimHash of identifier-blind token shingles, hexadecimal", nullable=True),
    Column("ast_fingerprint", "string", "", "64-bit hash of the syntax tree's shape, hexadecimal", nullable=True),
    Column("cluster", "string", "", "id of the duplicate cluster it was kept from; null when it has no copies", nullable=True),
    Column("copies", "int32", "files", "files in that cluster, itself included; 1 without copies"),
)

SAMPLE: tuple[Column, ...] = (*PROVENANCE, *TEXT, *LANGUAGE, *LICENSE, *SYNTAX, *COMPLEXITY, *FINGERPRINT)
"""Columns of every kept sample, in order."""

REJECTED: tuple[Column, ...] = (
    *PROVENANCE,
    Column("stage", "string", "", "stage that rejected it"),
    Column("block", "string", "", "block that rejected it"),
    Column("reason", "string", "", "the block's verdict"),
    Column("detail", "string", "", "what the verdict rests on", nullable=True),
    Column("language", "string", "", "language, where it was known by then", nullable=True),
    Column("license", "string", "SPDX", "effective license expression, where it was known by then", nullable=True),
    Column("size_bytes", "int64", "bytes", "size of the file in its archive"),
    Column("text", "string", "", "the file, only where its license allows publishing it", nullable=True),
)
"""Columns of the `rejected` config."""

DUPLICATES: tuple[Column, ...] = (
    Column("cluster", "string", "", "cluster id: the smallest member id, hashed"),
    Column("id", "string", "", "a member"),
    Column("project", "string", "", "its project"),
    Column("path", "string", "", "its path"),
    Column("swhid", "string", "", "its Software Heritage id"),
    Column("license", "string", "SPDX", "its own effective license", nullable=True),
    Column("kept", "bool", "", "the copy that stands for the cluster"),
    Column(
        "kind",
        "string",
        "",
        "exact or near, against the copy that stands for the cluster; null for that copy itself",
        nullable=True,
    ),
    Column("distance", "int32", "bits", "Hamming distance of the SimHashes to that member"),
    Column(
        "verified_with",
        "string",
        "",
        "id of the copy that stands for the cluster, against which it was verified; null for that copy itself",
        nullable=True,
    ),
    Column("why", "string", "", "the evidence of the verification in words"),
)
"""Columns of the `duplicates` config: one row a member."""


MATCH: tuple[Column, ...] = (
    Column("expression", "string", "SPDX", "what the matched words say"),
    Column("rule", "string", "", "scancode's rule that matched"),
    Column("matcher", "string", "", "how it matched: 1-hash, 1-spdx-id, 2-aho or 3-seq"),
    Column("score", "float32", "percent", "how well it matched, in scancode's measure"),
    Column("file", "string", "", "file that holds the words, as a path inside the archive"),
    Column("start_line", "int32", "line", "first line of the words, counted from 1"),
    Column("end_line", "int32", "line", "last line of the words"),
)
"""Columns of one license match."""

EVIDENCE_FIELDS: tuple[Column, ...] = (
    Column("expression", "string", "SPDX", "what this evidence says"),
    Column("category", "string", "", "most restrictive category in it, in scancode's words"),
    Column("inherited", "bool", "", "said of the folder or the package, not in the file itself"),
    Column("files", "list<string>", "", "where it is said, as paths inside the archive"),
)
"""Columns of one license evidence, before its list of matches."""


def evidence_type() -> pa.DataType:
    """Arrow type of one license evidence: expression, category, files, and the matches behind it."""
    import pyarrow as pa

    match = pa.struct([(part.name, pa.type_for_alias(part.type)) for part in MATCH])
    parts = [(part.name, plain_type(part.type)) for part in EVIDENCE_FIELDS]
    return pa.struct([*parts, ("matches", pa.list_(match))])


def plain_type(name: str) -> pa.DataType:
    """Arrow type of a type name: `int32`, `list<string>`."""
    import pyarrow as pa

    inside = name.removeprefix("list<").removesuffix(">")
    return pa.type_for_alias(name) if inside == name else pa.list_(pa.type_for_alias(inside))


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """Arrow schema of a table, with the unit and the meaning of each column in its field metadata."""
    import pyarrow as pa

    def field(column: Column) -> pa.Field:
        kind = evidence_type() if column.type == EVIDENCE else pa.type_for_alias(column.type)
        words = {"meaning": column.meaning} | ({"unit": column.unit} if column.unit else {})
        return pa.field(column.name, kind, nullable=column.nullable, metadata=words)

    return pa.schema([field(column) for column in columns])
