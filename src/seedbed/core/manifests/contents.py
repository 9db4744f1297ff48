"""What a dataset folder holds, and the funnel of files that led to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field, JsonValue

from seedbed.core.manifests.base import Facts


class SourceFacts(Facts):
    """One source of the recipe: files read from it, files kept, entries passed over by kind, or the error that took it out."""

    id: str
    kind: str
    url: str
    version: str
    archive_sha256: str | None = None
    archive_bytes: int | None = None
    release_date: str | None = None
    files: int = 0
    kept: int = 0
    skipped: dict[str, int] = Field(default_factory=dict)
    error: str | None = None


class Block(Facts):
    """One filter of the funnel; `reasons` counts the files it took out, and accounts for every one of them.

    `meaning` is what passes; `words` has a sentence for each reason, or for the word before its colon.
    """

    name: str
    meaning: str
    files_in: int
    bytes_in: int
    files_out: int
    bytes_out: int
    reasons: dict[str, int] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)


class Stage(Facts):
    """A stage and its blocks, in the order in which they ran."""

    name: str
    blocks: tuple[Block, ...]


def leaks(stages: tuple[Stage, ...], files: int) -> Iterator[str]:
    """Places where files vanish unexplained between the first block and the `files` that are published."""
    before: int | None = None
    for stage in stages:
        for block in stage.blocks:
            where = f"{stage.name}/{block.name}"
            if before is not None and block.files_in != before:
                yield f"{where}: {block.files_in} files in, but the block before it let {before} through"
            if block.files_in - block.files_out != sum(block.reasons.values()):
                yield f"{where}: {block.files_in - block.files_out} files gone, {sum(block.reasons.values())} explained"
            before = block.files_out
    if before is not None and before != files:
        yield f"published: {files} files, but the last block let {before} through"


SPLITS: Final = ("train", "validation", "test")


class Amount(Facts):
    """Files, bytes of source, lines, leaves of the syntax tree, and projects."""

    files: int = 0
    bytes: int = 0
    lines: int = 0
    tokens: int = 0
    projects: int = 0


class Quantiles(Facts):
    """Nearest-rank quantiles of a whole-numbered column over files."""

    median: int
    p90: int
    p99: int
    max: int


class Distribution(Facts):
    """Histogram of a column: `counts[i]` files lie in [edges[i], edges[i + 1]); the recipe's limits, where it has any."""

    unit: str
    meaning: str
    edges: tuple[int, ...]
    counts: tuple[int, ...]
    quantiles: Quantiles
    least: int | None = None
    most: int | None = None


class Language(Facts):
    """One language: its config, its amounts by split, and the quantiles of its files."""

    name: str
    config: str
    amount: Amount
    splits: dict[str, Amount]
    quantiles: dict[str, Quantiles]


class LicenseFacts(Facts):
    """One effective license expression."""

    expression: str
    category: str
    files: int
    bytes: int


class LicenseEvidence(Facts):
    """What the licenses rest on.

    `combinations` counts kept files by the evidence they have, such as "header+declared"; `disagreeing` counts those
    whose pieces of evidence do not say the same.
    """

    combinations: dict[str, int]
    disagreeing: int


class LicensePolicy(Facts):
    """The policy that every sample was judged by: name and digest as samples record them, its keys, and the scancode it used."""

    id: str
    allow: tuple[str, ...]
    scancode: str
    index: str


class Project(Facts):
    """One project: where it came from, under which licenses, and where their texts stand."""

    project: str
    sources: tuple[str, ...]
    versions: tuple[str, ...]
    licenses: dict[str, int]
    license_files: tuple[str, ...]
    headers: int
    files: int
    bytes: int


class DuplicateCluster(Facts):
    """One duplicate cluster; `kept` is null when no copy may be published."""

    cluster: str
    members: int
    projects: int
    exact: int
    near: int
    distance_max: int
    kept: str | None
    licenses: dict[str, int]


class Duplicates(Facts):
    """What the `duplicates` config adds up to; `sizes` maps members to clusters, `distances` bits to near members.

    `largest` has the clusters across projects first, then those under several licenses, then the largest.
    """

    clusters: int = 0
    members: int = 0
    removed: int = 0
    exact: int = 0
    near: int = 0
    across_projects: int = 0
    license_conflicts: int = 0
    unpublished: int = 0
    sizes: dict[int, int] = Field(default_factory=dict)
    distances: dict[int, int] = Field(default_factory=dict)
    largest: tuple[DuplicateCluster, ...] = ()


class Rejection(Facts):
    """Files that one block turned away for one reason; `licenses` counts them where a license was known by then."""

    stage: str
    block: str
    reason: str
    files: int
    bytes: int
    with_text: int
    licenses: dict[str, int] = Field(default_factory=dict)


class SplitFiles(Facts):
    """Parquet files of one split of a config: `bytes` once decompressed, `download_bytes` on disk."""

    name: str
    pattern: str
    rows: int
    bytes: int
    download_bytes: int


class Config(Facts):
    """One config of the dataset; `columns` names its table in `Manifest.columns`."""

    name: str
    columns: str
    splits: tuple[SplitFiles, ...]


class ColumnFacts(Facts):
    """One published column; `fields` describe the inside of a struct or of the items of a list."""

    name: str
    type: str
    unit: str = ""
    meaning: str = ""
    nullable: bool = False
    fields: tuple[ColumnFacts, ...] = ()


class Contents(Facts):
    """What the parquet files hold, computed from the files themselves; `example` is one row of them, its text cut."""

    total: Amount
    splits: dict[str, Amount]
    configs: tuple[Config, ...]
    languages: tuple[Language, ...]
    licenses: tuple[LicenseFacts, ...]
    license_evidence: LicenseEvidence
    projects: tuple[Project, ...]
    distributions: dict[str, Distribution]
    duplicates: Duplicates
    rejected: tuple[Rejection, ...]
    example: dict[str, JsonValue]


def split_order(split: str) -> tuple[int, str]:
    """Sorts train, validation, test first, in this order, and any other split by name."""
    return (SPLITS.index(split) if split in SPLITS else len(SPLITS), split)
