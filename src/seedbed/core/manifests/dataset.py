"""What a run says about itself: the only thing that stages hand to cards, plots and later stages.

`timing` aside, a manifest depends on the recipe, the sources, the versions and the commit that it names, and on nothing else:
not on the number of tasks or processes, the order of the sources, or on how often the run was stopped (`ablations` are
measurements that lie beside). So do all other files
of the dataset folder; the parquet files do not even depend on the commit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from seedbed.core.errors import ManifestError
from seedbed.core.io.atomic import write_atomic
from seedbed.core.manifests.ablation import Ablation

FILE_NAME = "manifest.json"
SPLITS = ("train", "validation", "test")


class Model(BaseModel):
    """Base of every part of a manifest: an unknown key is an error, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecipeFacts(Model):
    """The recipe in full. `path` is its name below the repository, never a path of one machine."""

    path: str
    sha256: str
    data: dict[str, JsonValue]


class Software(Model):
    """What ran."""

    version: str
    commit: str | None = None


class Source(Model):
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


class Block(Model):
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


class Stage(Model):
    """A stage and its blocks, in the order in which they ran."""

    name: str
    blocks: tuple[Block, ...]


class Figure(Model):
    """One measured number; `over` says how many cases it was measured on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    what: str
    value: float
    unit: str
    over: int | None = None
    target: str | None = None


class Evaluation(Model):
    """A measurement of a method, from docs/evidence; `about` names the section of the card that it belongs to."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    title: str
    about: str
    command: str
    machine: str
    date: str
    figures: tuple[Figure, ...]
    path: str
    sha256: str


class Amount(Model):
    """Files, bytes of source, lines, leaves of the syntax tree, and projects."""

    files: int = 0
    bytes: int = 0
    lines: int = 0
    tokens: int = 0
    projects: int = 0


class Quantiles(Model):
    """Nearest-rank quantiles of a whole-numbered column over files."""

    median: int
    p90: int
    p99: int
    max: int


class Distribution(Model):
    """Histogram of a column: `counts[i]` files lie in [edges[i], edges[i + 1]); the recipe's limits, where it has any."""

    unit: str
    meaning: str
    edges: tuple[int, ...]
    counts: tuple[int, ...]
    quantiles: Quantiles
    least: int | None = None
    most: int | None = None


class Language(Model):
    """One language: its config, its amounts by split, and the quantiles of its files."""

    name: str
    config: str
    amount: Amount
    splits: dict[str, Amount]
    quantiles: dict[str, Quantiles]


class License(Model):
    """One effective license expression."""

    expression: str
    category: str
    files: int
    bytes: int


class LicenseEvidence(Model):
    """What the licenses rest on.

    `combinations` counts kept files by the evidence they have, such as "header+declared"; `disagreeing` counts those
    whose pieces of evidence do not say the same.
    """

    combinations: dict[str, int]
    disagreeing: int


class Project(Model):
    """One project: where it came from, under which licenses, and where their texts stand."""

    project: str
    sources: tuple[str, ...]
    versions: tuple[str, ...]
    licenses: dict[str, int]
    license_files: tuple[str, ...]
    headers: int
    files: int
    bytes: int


class Cluster(Model):
    """One duplicate cluster; `kept` is null when no copy may be published."""

    cluster: str
    members: int
    projects: int
    exact: int
    near: int
    distance_max: int
    kept: str | None
    licenses: dict[str, int]


class Duplicates(Model):
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
    largest: tuple[Cluster, ...] = ()


class Rejection(Model):
    """Files that one block turned away for one reason; `licenses` counts them where a license was known by then."""

    stage: str
    block: str
    reason: str
    files: int
    bytes: int
    with_text: int
    licenses: dict[str, int] = Field(default_factory=dict)


class SplitFiles(Model):
    """Parquet files of one split of a config: `bytes` once decompressed, `download_bytes` on disk."""

    name: str
    pattern: str
    rows: int
    bytes: int
    download_bytes: int


class Config(Model):
    """One config of the dataset; `columns` names its table in `Manifest.columns`."""

    name: str
    columns: str
    splits: tuple[SplitFiles, ...]


class File(Model):
    """One file of the dataset folder."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None


class Attribution(Model):
    """The index for attribution: its size on disk, and from how many tokens it finds every copied span, and renamed ones."""

    format: int
    files: int
    tokens: int
    bytes: int
    exact_tokens: int
    renamed_tokens: int


class Contents(Model):
    """What the parquet files hold, computed from the files themselves; `example` is one row of them, its text cut."""

    total: Amount
    splits: dict[str, Amount]
    configs: tuple[Config, ...]
    languages: tuple[Language, ...]
    licenses: tuple[License, ...]
    license_evidence: LicenseEvidence
    projects: tuple[Project, ...]
    distributions: dict[str, Distribution]
    duplicates: Duplicates
    rejected: tuple[Rejection, ...]
    example: dict[str, JsonValue]


class ColumnFacts(Model):
    """One published column; `fields` describe the inside of a struct or of the items of a list."""

    name: str
    type: str
    unit: str = ""
    meaning: str = ""
    nullable: bool = False
    fields: tuple[ColumnFacts, ...] = ()


class Manifest(Model):
    """A dataset folder, explained. `timing` maps `stage` and `stage/block` to seconds; all else is deterministic.

    `repository` is where the dataset is published, `models` are the Hub's names of models trained on it.
    """

    format: Literal[1] = 1
    name: str
    title: str
    description: str
    contact: str
    repository: str
    models: tuple[str, ...] = ()
    recipe: RecipeFacts
    seedbed: Software
    versions: dict[str, str]
    sources: tuple[Source, ...]
    stages: tuple[Stage, ...]
    evaluations: tuple[Evaluation, ...] = ()
    ablations: tuple[Ablation, ...] = ()
    contents: Contents
    columns: dict[str, tuple[ColumnFacts, ...]]
    files: tuple[File, ...] = ()
    attribution: Attribution | None = None
    timing: dict[str, float] = Field(default_factory=dict)


def load(path: Path) -> Manifest:
    """Read a manifest, given its file or its folder.

    Raises: ManifestError when there is none, when it is malformed, or when its funnel leaks.
    """
    path = path / FILE_NAME if path.is_dir() else path
    try:
        manifest = Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: cannot be read: {error}. Allowed: the manifest.json of a dataset.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(key) for key in first["loc"])
        raise ManifestError(f"{path}: {where}: {first['msg']} ({error.error_count()} in all).") from error
    return _without_leaks(manifest)


def save(manifest: Manifest, path: Path) -> None:
    """Write a manifest whole or not at all.

    Raises: ManifestError when its funnel leaks.
    """
    write_atomic(path, dumps(manifest))


def dumps(manifest: Manifest) -> str:
    """A manifest as text: sorted keys, one line feed at the end, the same text for the same facts.

    Raises: ManifestError when its funnel leaks.
    """
    data = _without_leaks(manifest).model_dump(mode="json")
    data["timing"] = {key: round(seconds, 3) for key, seconds in manifest.timing.items()}
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def split_order(split: str) -> tuple[int, str]:
    """Sorts train, validation, test first, in this order, and any other split by name."""
    return (SPLITS.index(split) if split in SPLITS else len(SPLITS), split)


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


def evaluation(path: Path, name: str) -> Evaluation:
    """Read one measurement of docs/evidence; `name` is its path below the repository.

    Raises: ManifestError when it lacks a key that `Evaluation` wants; further keys are left aside.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data: Mapping[str, JsonValue] = json.loads(text)
        return Evaluation.model_validate({**data, "path": name, "sha256": hashlib.sha256(text.encode()).hexdigest()})
    except (OSError, ValueError, TypeError) as error:
        raise ManifestError(f"{name}: not a measurement: {error}. Allowed: the keys in docs/evidence.") from error


def _without_leaks(manifest: Manifest) -> Manifest:
    for leak in leaks(manifest.stages, manifest.contents.total.files):
        raise ManifestError(f"{manifest.name}: {leak}. Nothing may be dropped silently.")
    return manifest
