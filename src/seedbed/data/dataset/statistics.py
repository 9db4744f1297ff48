"""The contents of a dataset folder, counted from its parquet files; of the texts, only that of one example is read.

The folder:
    data/<config>/<split>-00000-of-00001.parquet   kept samples, one config a language
    rejected/rejected-*.parquet                    rejected files
    duplicates/duplicates-*.parquet                one row a member of a cluster
    attribution.parquet, license_texts.parquet     notices that travel with the files
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from seedbed.core.io.files import file_sha256
from seedbed.core.manifests.columns import REJECTED, Column
from seedbed.core.manifests.contents import (
    Amount,
    Config,
    Contents,
    Distribution,
    DuplicateCluster,
    Duplicates,
    Language,
    LicenseEvidence,
    LicenseFacts,
    Project,
    Rejection,
    SplitFiles,
    split_order,
)
from seedbed.core.manifests.dataset import FileFacts
from seedbed.data.dataset import tables
from seedbed.data.dataset.distributions import Bounds, distribution, quantiles
from seedbed.data.dedup.steps import DUPLICATES

Row = Mapping[str, Any]

_LARGEST_CLUSTERS = 10
_UNKNOWN_LICENSE = "unknown"
LANGUAGE_QUANTILES = ("lines", "tokens", "cyclomatic_max", "function_lines_max", "nesting_max")
_EVIDENCE = ("header", "nearest_file", "declared")
_READ = (
    *("project", "source", "version", "language", "license", "license_category"),
    *(f"license_{kind}.{part}" for kind in _EVIDENCE for part in ("expression", "files")),
)


def describe(folder: Path, columns: Sequence[Column], bounds: Mapping[str, Bounds]) -> Contents:
    """Count what a dataset folder publishes.

    Args:
        folder: a folder laid out as above; `rejected` and `duplicates` may be absent.
        columns: those of a sample.
        bounds: of columns whose values the recipe limits, to mark them in the distributions.
    Raises: ArrowInvalid when a file is not a parquet file, KeyError when it lacks a published column.
    """
    tally = Samples(columns)
    for path in sorted((folder / "data").glob("*/*.parquet")):
        for row in _rows(path, (*_READ, *(column.name for column in tally.described))):
            tally.add(row, split=path.name.split("-")[0], config=path.parent.name)
    return Contents(
        total=tally.total.amount(),
        splits={split: tally.splits[split].amount() for split in sorted(tally.splits, key=split_order)},
        configs=tuple(_configs(folder)),
        languages=tuple(tally.language_table()),
        licenses=tuple(tally.license_table()),
        license_evidence=LicenseEvidence(combinations=dict(sorted(tally.evidence.items())), disagreeing=tally.disagreeing),
        projects=tuple(tally.project_table()),
        distributions=tally.distributions(bounds),
        duplicates=duplicates(_table(folder / "duplicates", DUPLICATES)),
        rejected=rejected(_table(folder / "rejected", REJECTED)),
        example=_example(folder, columns),
    )


def parquet_files(folder: Path) -> tuple[FileFacts, ...]:
    """Every parquet file of a dataset folder with its size, hash and number of rows."""
    return tuple(
        FileFacts(
            path=path.relative_to(folder).as_posix(),
            bytes=path.stat().st_size,
            sha256=file_sha256(path),
            rows=pq.read_metadata(path).num_rows,
        )
        for path in sorted(folder.rglob("*.parquet"))
    )


@dataclass
class Sum:
    """A running `Amount`."""

    files: int = 0
    bytes: int = 0
    lines: int = 0
    tokens: int = 0
    projects: set[str] = field(default_factory=set)

    def add(self, row: Row) -> None:
        self.files += 1
        self.bytes += row["size_bytes"]
        self.lines += row["lines"]
        self.tokens += row["tokens"]
        self.projects.add(row["project"])

    def amount(self) -> Amount:
        return Amount(files=self.files, bytes=self.bytes, lines=self.lines, tokens=self.tokens, projects=len(self.projects))


@dataclass
class _Project:
    sources: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    licenses: Counter[str] = field(default_factory=Counter)
    license_files: set[str] = field(default_factory=set)
    headers: int = 0
    sum: Sum = field(default_factory=Sum)


@dataclass
class _Language:
    config: str
    sum: Sum = field(default_factory=Sum)
    splits: defaultdict[str, Sum] = field(default_factory=lambda: defaultdict(Sum))
    values: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))


class Samples:
    """Running counts over kept samples; their order does not matter."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self.described = [column for column in columns if column.distribution]
        self.total = Sum()
        self.splits: defaultdict[str, Sum] = defaultdict(Sum)
        self.languages: dict[str, _Language] = {}
        self.licenses: defaultdict[tuple[str, str], Sum] = defaultdict(Sum)
        self.projects: defaultdict[str, _Project] = defaultdict(_Project)
        self.values: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.evidence: Counter[str] = Counter()
        self.disagreeing = 0

    def add(self, row: Row, split: str, config: str) -> None:
        """Count one sample, given by its columns, with its split and config."""
        language = self.languages.setdefault(row["language"], _Language(config))
        license_sum = self.licenses[row["license"], row["license_category"]]
        for total in (self.total, self.splits[split], language.sum, language.splits[split], license_sum):
            total.add(row)
        for column in self.described:
            self.values[column.name][row[column.name]] += 1
            language.values[column.name][row[column.name]] += 1
        self._add_evidence(row)
        self._add_project(row)

    def _add_evidence(self, row: Row) -> None:
        given = {kind: row[f"license_{kind}"] for kind in _EVIDENCE}
        expressions = {kind: evidence["expression"] for kind, evidence in given.items() if evidence and evidence["expression"]}
        self.evidence["+".join(expressions) or "none"] += 1
        self.disagreeing += len(set(expressions.values())) > 1

    def _add_project(self, row: Row) -> None:
        project = self.projects[row["project"]]
        project.sum.add(row)
        project.sources.add(row["source"])
        project.versions.add(row["version"])
        project.licenses[row["license"]] += 1
        project.headers += bool((row["license_header"] or {}).get("expression"))
        inherited = (row[f"license_{kind}"] for kind in ("nearest_file", "declared"))
        project.license_files.update(file for evidence in inherited if evidence for file in evidence["files"])

    def language_table(self) -> Iterator[Language]:
        """Languages, the one with most files first."""
        for name, language in sorted(self.languages.items(), key=lambda item: (-item[1].sum.files, item[0])):
            yield Language(
                name=name,
                config=language.config,
                amount=language.sum.amount(),
                splits={split: language.splits[split].amount() for split in sorted(language.splits, key=split_order)},
                quantiles={column: quantiles(language.values[column]) for column in LANGUAGE_QUANTILES},
            )

    def license_table(self) -> Iterator[LicenseFacts]:
        """License expressions, the one with most files first."""
        for (expression, category), total in sorted(self.licenses.items(), key=lambda item: (-item[1].files, item[0])):
            yield LicenseFacts(expression=expression, category=category, files=total.files, bytes=total.bytes)

    def project_table(self) -> Iterator[Project]:
        """Projects, the one with most bytes first."""
        for name, project in sorted(self.projects.items(), key=lambda item: (-item[1].sum.bytes, item[0])):
            yield Project(
                project=name,
                sources=tuple(sorted(project.sources)),
                versions=tuple(sorted(project.versions)),
                licenses=dict(sorted(project.licenses.items())),
                license_files=tuple(sorted(project.license_files)),
                headers=project.headers,
                files=project.sum.files,
                bytes=project.sum.bytes,
            )

    def distributions(self, bounds: Mapping[str, Bounds]) -> dict[str, Distribution]:
        """A distribution for every column that declares one, with the recipe's bounds on it."""
        return {
            column.name: distribution(
                self.values[column.name], column.unit, column.meaning, bounds.get(column.name, (None, None))
            )
            for column in self.described
        }


def _example(folder: Path, columns: Iterable[Column]) -> dict[str, Any]:
    """The sample that explains the table best, its text cut; {} if there is none."""
    paths = sorted((folder / "data").glob("*/*.parquet"))
    ranked = ((tables.rank(row), path) for path in paths for row in _rows(path, tables.READ))
    (*_, name), path = min(ranked, default=(("",), None))
    names = [column.name for column in columns]
    return tables.cut(next(row for row in _rows(path, names) if row["id"] == name)) if path else {}


def _configs(folder: Path) -> Iterator[Config]:
    """`default` over all languages, one config a language, then the other tables that have rows."""
    data = sorted((folder / "data").glob("*/*.parquet"))
    yield _config("default", "samples", "data/*", data)
    for language in sorted({path.parent.name for path in data}):
        here = [path for path in data if path.parent.name == language]
        yield _config(language, "samples", f"data/{language}", here)
    for table in ("rejected", "duplicates"):
        paths = sorted((folder / table).glob("*.parquet"))
        if any(pq.read_metadata(path).num_rows for path in paths):  # `load_dataset` fails on a config without rows
            yield _config(table, table, table, paths)
    for path in sorted(folder.glob("*.parquet")):  # notices: one file a table
        if pq.read_metadata(path).num_rows:
            split = _split(path.stem, path.name, [path])
            yield Config(name=path.stem, columns=path.stem, splits=(split,))


def _config(name: str, table: str, under: str, paths: Iterable[Path]) -> Config:
    by_split: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        by_split[path.name.split("-")[0]].append(path)
    splits = tuple(_split(split, f"{under}/{split}-*.parquet", by_split[split]) for split in sorted(by_split, key=split_order))
    return Config(name=name, columns=table, splits=splits)


def _split(name: str, pattern: str, paths: list[Path]) -> SplitFiles:
    metadata = [pq.read_metadata(path) for path in paths]
    groups = (file.row_group(index) for file in metadata for index in range(file.num_row_groups))
    return SplitFiles(
        name=name,
        pattern=pattern,
        rows=sum(file.num_rows for file in metadata),
        bytes=sum(group.total_byte_size for group in groups),
        download_bytes=sum(path.stat().st_size for path in paths),
    )


def _rows(path: Path, names: Iterable[str]) -> Iterator[Row]:
    """Rows of a parquet file, a batch at a time, with these columns only (`a.b` is part b of struct a)."""
    with pq.ParquetFile(path) as file:
        wanted = list(names)
        if lacking := {name.split(".")[0] for name in wanted} - set(file.schema_arrow.names):
            raise KeyError(f"{path.name} lacks the column {min(lacking)}")
        for batch in file.iter_batches(columns=wanted):
            yield from batch.to_pylist()


def _table(folder: Path, table: tuple[Column, ...]) -> Iterator[Row]:
    for path in sorted(folder.glob("*.parquet")):
        yield from _rows(path, [column.name for column in table])


@dataclass
class _Reason:
    files: int = 0
    bytes: int = 0
    with_text: int = 0
    licenses: Counter[str] = field(default_factory=Counter)


def rejected(rows: Iterable[Row]) -> tuple[Rejection, ...]:
    """Count rejected files by stage, block and reason; the reason with most files first."""
    reasons: defaultdict[tuple[str, str, str], _Reason] = defaultdict(_Reason)
    for row in rows:
        reason = reasons[row["stage"], row["block"], row["reason"]]
        reason.files += 1
        reason.bytes += row["size_bytes"]
        reason.with_text += row["text"] is not None
        reason.licenses.update([row["license"]] if row["license"] else [])
    ordered = sorted(reasons.items(), key=lambda item: (-item[1].files, item[0]))
    return tuple(
        Rejection(
            stage=stage,
            block=block,
            reason=reason,
            files=reason_sum.files,
            bytes=reason_sum.bytes,
            with_text=reason_sum.with_text,
            licenses=dict(sorted(reason_sum.licenses.items())),
        )
        for (stage, block, reason), reason_sum in ordered
    )


def duplicates(rows: Iterable[Row]) -> Duplicates:
    """Count duplicate clusters, given one row a member, in any order."""
    by_cluster: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_cluster[row["cluster"]].append(row)
    clusters = [_cluster(name, members) for name, members in sorted(by_cluster.items())]
    near = (row["distance"] for members in by_cluster.values() for row in members if row["kind"] == "near")
    kept = sum(row["kept"] for members in by_cluster.values() for row in members)
    members = sum(cluster.members for cluster in clusters)
    return Duplicates(
        clusters=len(clusters),
        members=members,
        removed=members - kept,
        exact=sum(cluster.exact for cluster in clusters),
        near=sum(cluster.near for cluster in clusters),
        across_projects=sum(cluster.projects > 1 for cluster in clusters),
        license_conflicts=sum(len(cluster.licenses) > 1 for cluster in clusters),
        unpublished=sum(cluster.kept is None for cluster in clusters),
        sizes=dict(sorted(Counter(cluster.members for cluster in clusters).items())),
        distances=dict(sorted(Counter(near).items())),
        largest=tuple(sorted(clusters, key=_by_interest)[:_LARGEST_CLUSTERS]),
    )


def _by_interest(cluster: DuplicateCluster) -> tuple[bool, bool, int, str]:
    """Sorts clusters across projects first, then those under several licenses, then large ones."""
    return (cluster.projects == 1, len(cluster.licenses) == 1, -cluster.members, cluster.cluster)


def _cluster(name: str, members: list[Row]) -> DuplicateCluster:
    return DuplicateCluster(
        cluster=name,
        members=len(members),
        projects=len({row["project"] for row in members}),
        exact=sum(row["kind"] == "exact" for row in members),
        near=sum(row["kind"] == "near" for row in members),
        distance_max=max((row["distance"] for row in members), default=0),
        kept=min((row["id"] for row in members if row["kept"]), default=None),
        licenses=dict(sorted(Counter(row["license"] or _UNKNOWN_LICENSE for row in members).items())),
    )
