"""An invented dataset folder, the size of a small real one: for cards, plots and manifests. Nothing in it was measured."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.filters import FILTERS, SAMPLE, TABLES
from pipeline.filters import LIMITS as DECLARED
from seedbed.core.manifests.base import RecipeFacts, Software
from seedbed.core.manifests.columns import REJECTED, Column, arrow_schema
from seedbed.core.manifests.contents import SPLITS, Block, LicensePolicy, SourceFacts, Stage
from seedbed.core.manifests.dataset import Manifest, Notices
from seedbed.core.manifests.scores import Figure, Measurement
from seedbed.data.dataset import statistics
from seedbed.data.dataset.distributions import bounds
from seedbed.data.dedup import DUPLICATES
from seedbed.data.notices import tables
from seedbed.data.notices.tables import NOTICE_COLUMNS, TEXT_COLUMNS
from seedbed.publishing import rejections
from seedbed.publishing.cards import notice_page
from tests.evaluation.ablation.invented import report

Row = dict[str, Any]

LIMITS = {
    "max_bytes": 1_000_000,
    "min_lines": 5,
    "max_line_length": 1000,
    "max_line_length_mean": 120,
    "min_alphanumeric_share": 0.25,
    "max_error_ratio": 0.02,
    "min_tokens": 40,
    "max_cyclomatic": 50,
    "max_nesting": 10,
    "max_function_lines": 400,
    "max_parameters": 15,
    "archives": {"max_files": 20_000, "max_bytes": 500_000_000, "max_ratio": 100},
}
PROJECTS = (
    ("requests-like", "2.32.3", "Apache-2.0", {"Python": 36}),
    ("web-toolkit", "6.1.2", "BSD-3-Clause", {"Python": 310, "JavaScript": 190, "TypeScript": 54}),
    ("notebook-ui", "5.6.0", "BSD-3-Clause", {"JavaScript": 171, "TypeScript": 98, "Python": 60}),
    ("fast-json", "3.10.7", "MIT OR Apache-2.0", {"Rust": 122, "C": 14, "Python": 20}),
    ("linter", "0.6.4", "MIT", {"Rust": 540, "Python": 160}),
    ("bindings-cpp", "2.13.6", "BSD-3-Clause", {"C++": 97, "C": 6, "Python": 40}),
    ("java-bridge", "4.2.0", "Zlib", {"Java": 64, "C": 75, "Python": 30}),
    ("rpc-tools", "1.66.1", "Apache-2.0", {"C++": 330, "Java": 140, "Go": 21}),
    ("ml-logger", "0.17.9", "MIT", {"Go": 128, "Python": 220}),
    ("db-driver", "5.2.1", "Apache-2.0 AND PSF-2.0", {"C": 62, "Python": 45}),
    ("old-regex", "2024.9.11", "Apache-2.0 AND CNRI-Python", {"C": 9, "Python": 12}),
    ("tiny-helpers", "1.16.0", "0BSD", {"Python": 11}),
    ("array-kit", "1.4.2", "BSD-2-Clause", {"C": 110, "C++": 44, "Python": 96}),
    ("date-kit", "2.9.0", "Apache-2.0 OR BSD-3-Clause", {"Python": 28}),
)
ALLOW = ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT"]
POLICY = "own@0123456789ab"
REASONS = (
    ("ingest", "limits", "too_few_lines", 240),
    ("ingest", "limits", "long_line", 38),
    ("ingest", "limits", "too_large", 7),
    ("clean", "language", "language_not_selected", 902),
    ("clean", "generated", "generated:protoc", 120),
    ("clean", "generated", "vendored", 88),
    ("clean", "generated", "minified", 41),
    ("clean", "secrets", "secret:private_key", 5),
    ("clean", "license", "license_not_allowed", 410),
    ("clean", "license", "no_license", 133),
    ("clean", "syntax", "syntax_errors", 29),
    ("clean", "complexity", "complexity:cyclomatic", 26),
    ("clean", "complexity", "complexity:boilerplate", 102),
    ("dedup", "exact duplicates", "duplicate:exact", 96),
    ("dedup", "near duplicates", "duplicate:near", 141),
)
MEANINGS = {each.name: each.passes for each in FILTERS} | {
    "exact duplicates": "one copy of each content",
    "near duplicates": "one copy of each cluster of verified near copies",
}
SHOWN = LIMITS | {"min_alphanumeric_share": "25 %", "max_error_ratio": "2 %"}
WORDS = {reason: sentence.format_map(SHOWN) for each in FILTERS for reason, sentence in each.reasons.items()}


def write_dataset(folder: Path) -> None:
    """Write the parquet files of the invented dataset, always the same ones."""
    chance = random.Random(2026)
    samples = list(_samples(chance))
    for config in sorted({row["config"] for row in samples}):
        for split in SPLITS:
            rows = [row for row in samples if row["config"] == config and row["split"] == split]
            if rows:
                _write(rows, SAMPLE, folder / "data" / config / f"{split}-00000-of-00001.parquet")
    _write(list(_rejected(chance)), REJECTED, folder / "rejected" / "rejected-00000-of-00001.parquet")
    clusters = list(_duplicates(chance, samples))
    _write(clusters, DUPLICATES, folder / "duplicates" / "duplicates-00000-of-00001.parquet")
    tables.write(folder / tables.ATTRIBUTION, NOTICE_COLUMNS, _notices())
    tables.write(folder / tables.LICENSE_TEXTS, TEXT_COLUMNS, [_license_text()])
    notice_page.write("Invented Seedbed", NOTICES, folder)


def make_manifest(folder: Path) -> Manifest:
    """The manifest of the invented dataset in `folder`."""
    contents = statistics.describe(folder, SAMPLE, bounds(DECLARED, LIMITS))
    return Manifest(
        name="invented",
        title="Invented Seedbed",
        description="Permissively licensed source code in eight languages, invented to test the card of a dataset.",
        contact="https://example.org/seedbed/removal",
        repository="example/invented",
        recipe=RecipeFacts(path="recipes/data/invented.yaml", sha256=_digest("recipe"), data=_recipe()),
        seedbed=Software(version="0.1.0", commit="0123456789abcdef0123456789abcdef01234567"),
        versions={"datatrove": "0.10.1", "pyarrow": "26.0.1", "scancode-toolkit": "32.5.0", "tree-sitter": "0.26.1"},
        sources=tuple(_sources()),
        stages=tuple(_stages(contents.total.files, contents.total.bytes)),
        evaluations=_evaluations(),
        ablations=(report("all"), report("near_dedup")),
        contents=contents,
        license_policy=LicensePolicy(id=POLICY, allow=tuple(ALLOW), scancode="32.5.0", index="0123456789abcdef"),
        columns=TABLES,
        files=statistics.parquet_files(folder),
        notices=NOTICES,
        timing={"ingest": 12.1234, "clean": 101.5, "clean/license": 60.25, "dedup": 9.0},
    )


NOTICES = Notices(
    sources=len(PROJECTS), notices=len(PROJECTS), statements=len(PROJECTS), holders=len(PROJECTS), texts=1, text_bytes=43
)
"""What `write_dataset` writes of notices: a statement a project, and one license text for all."""


def _notices() -> Iterator[Row]:
    for project, version, license_key, languages in sorted(PROJECTS):
        yield {
            "notice_id": _digest(project)[:32],
            "project": f"pkg:pypi/{project}",
            "source": f"pkg:pypi/{project}@{version}",
            "version": version,
            "url": f"https://pypi.org/project/{project}/{version}/",
            "archive_sha256": _digest(project),
            "samples": sum(languages.values()),
            "licenses": [license_key],
            "copyrights": [f"Copyright 2024 The {project} authors"],
            "holders": [f"The {project} authors"],
            "files": [{"path": "LICENSE", "kind": "license", "sha256": _license_text()["sha256"]}],
            "is_complete": True,
        }


def _license_text() -> Row:
    text = "Do with it what you like. Keep this notice."
    return {"sha256": _digest(text), "size_bytes": len(text), "text": text}


def _samples(chance: random.Random) -> Iterator[Row]:
    for number, (project, version, license_key, languages) in enumerate(PROJECTS):
        split = {3: "validation", 8: "test", 6: "validation", 7: "test"}.get(number, "train")
        for language, files in languages.items():
            config = {"C++": "cpp"}.get(language, language.lower())
            for index in range(files):
                row = _sample(chance, project, version, license_key, language, index)
                yield row | {"split": split, "config": config}


def _sample(chance: random.Random, project: str, version: str, license_key: str, language: str, index: int) -> Row:
    lines = min(4000, 5 + int(chance.lognormvariate(4.6, 1.1)))
    path = f"src/{language.lower()}/module_{index:03d}"
    complexity = min(50, max(0, int(chance.lognormvariate(1.6, 0.9)) - 1))
    row = _common(SAMPLE) | {
        "id": f"pkg:pypi/{project}@{version}#{path}",
        "source": f"pkg:pypi/{project}@{version}",
        "project": f"pkg:pypi/{project}",
        "version": version,
        "notice_id": _digest(project)[:32],
        "copyrights": [f"Copyright 2024 The {project} authors"],
        "path": path,
        "text": "# Licensed like its project\n" * lines,
        "encoding": "utf-8",
        "language": language,
        "license": license_key,
        "license_category": "Permissive",
        "size_bytes": lines * chance.randint(22, 44),
        "lines": lines,
        "line_length_max": int(60 + chance.expovariate(0.03)),
        "tokens": max(40, lines * 6 + chance.randint(-9, 9)),
        "functions": lines // 18,
        "cyclomatic_max": complexity,
        "function_lines_max": min(400, int(complexity * chance.uniform(2, 9)) + 2),
        "nesting_max": min(10, int(complexity**0.5) + chance.randint(0, 1)),
        "parameters_max": min(15, int(chance.expovariate(0.3))),
    }
    return row | _evidence(chance, license_key, path)


def _evidence(chance: random.Random, license_key: str, path: str) -> Row:
    header = chance.random() < 0.45
    return {
        "license_header": _said(license_key, path, inherited=False) if header else None,
        "license_nearest_file": _said(license_key, "LICENSE", inherited=True),
        "license_declared": _said(license_key.partition(" ")[0], "PKG-INFO", inherited=True),
        "license_decided_by": _decision(license_key, "LICENSE" if not header else path, inherited=not header),
        "license_judged_with": {
            "policy": POLICY,
            "root": "pkg:pypi/invented@1",
            "scancode": "32.5.0",
            "index": "0123456789abcdef",
        },
    }


def _decision(expression: str, file: str, *, inherited: bool) -> Row:
    column = "license_nearest_file" if inherited else "license_header"
    match = _said(expression, file, inherited=inherited)["matches"][0]
    kept = ("expression", "file", "start_line", "end_line", "rule", "text")
    return {"column": column, "inherited": inherited} | {key: match[key] for key in kept}


def _said(expression: str, file: str, *, inherited: bool) -> Row:
    match = {"expression": expression, "rule": "an_1.RULE", "matcher": "2-aho", "score": 100.0}
    lines = {"file": file, "start_line": 1, "end_line": 3, "role": "decides", "text": "An invented notice.", "url": ""}
    return {
        "expression": expression,
        "category": "Permissive",
        "inherited": inherited,
        "files": [file],
        "matches": [match | lines],
    }


def _rejected(chance: random.Random) -> Iterator[Row]:
    for stage, block, reason, files in REASONS:
        for index in range(files):
            legal = (stage == "dedup" or block in ("syntax", "complexity")) and chance.random() < 0.9
            gpl = reason == "license_not_allowed"
            yield _common(REJECTED) | {
                "id": f"{block}/{reason}/{index:04d}",
                "stage": stage,
                "block": block,
                "reason": reason,
                "license": chance.choice(["GPL-2.0-or-later", "LGPL-2.1-or-later", "MPL-2.0"]) if gpl else None,
                "size_bytes": chance.randint(100, 60_000),
                "notice_id": _digest(PROJECTS[0][0])[:32] if legal else None,
                "text": "x" if legal else None,
            }


def _duplicates(chance: random.Random, samples: list[Row]) -> Iterator[Row]:
    left = {"exact": 96, "near": 141}
    for number, kept in enumerate(chance.sample(samples, 160)):
        copies = min(sum(left.values()), 1 + int(chance.expovariate(1.6)))
        if not copies:
            return
        cluster = _digest(kept["id"])[:16]
        yield _member(kept, cluster, kept["path"]) | {"kept": True, "kind": None, "verified_with": None}
        for copy in range(copies):
            kind = "exact" if left["exact"] and (chance.random() < 0.4 or not left["near"]) else "near"
            left[kind] -= 1
            yield _member(kept, cluster, f"vendor/copy_{number}_{copy}") | {
                "kept": False,
                "kind": kind,
                "distance": 0 if kind == "exact" else min(9, int(chance.expovariate(0.5))),
                "verified_with": kept["id"],
                "license": "GPL-2.0-or-later" if number % 40 == 7 else kept["license"],
            }


def _member(kept: Row, cluster: str, path: str) -> Row:
    identity = {"id": f"{kept['source']}#{path}", "path": path, "cluster": cluster}
    return _common(DUPLICATES) | {key: kept[key] for key in ("project", "license")} | identity


def _stages(files: int, size: int) -> Iterator[Stage]:
    blocks: dict[str, list[Block]] = {}
    for stage, block in reversed(list(dict.fromkeys((stage, block) for stage, block, _, _ in REASONS))):
        reasons = {reason: count for at, name, reason, count in REASONS if (at, name) == (stage, block)}
        before = files + sum(reasons.values())
        size_before = size + 9_000 * sum(reasons.values())
        blocks.setdefault(stage, []).insert(
            0,
            Block(
                name=block,
                meaning=MEANINGS[block],
                files_in=before,
                bytes_in=size_before,
                files_out=files,
                bytes_out=size,
                reasons=reasons,
                words={kind: WORDS[kind] for kind in dict.fromkeys(rejections.kind(reason, WORDS) for reason in reasons)},
            ),
        )
        files, size = before, size_before
    return (Stage(name=name, blocks=tuple(blocks[name])) for name in ("ingest", "clean", "dedup"))


def _sources() -> Iterator[SourceFacts]:
    for project, version, _, languages in PROJECTS:
        kept = sum(languages.values())
        yield SourceFacts(
            id=f"pkg:pypi/{project}@{version}",
            kind="pypi",
            url=f"pkg:pypi/{project}@{version}",
            version=version,
            archive_sha256=_digest(project),
            archive_bytes=kept * 3000,
            release_date="2024-05-29",
            files=kept * 2,
            kept=kept,
            skipped={"link": 2, "special_file": 1} if project == PROJECTS[0][0] else {"link": 1},
        )
    broken = "pkg:pypi/broken@1.0"
    yield SourceFacts(id=broken, kind="pypi", url=broken, version="1.0", error="archive is truncated")


def _evaluations() -> tuple[Measurement, ...]:
    near = (
        ("recall, all identifiers renamed", 0.9983, "share", 1200, "at least 99 %"),
        ("recall, comments and layout changed", 0.9992, "share", 1200, "at least 99 %"),
        ("recall, 3 % of lines edited", 0.9575, "share", 1200, "at least 95 %"),
        ("false merges among unrelated pairs", 0.0, "pairs", 100_000, "none"),
    )
    legal = (("same effective license as scancode's own scan", 0.9974, "share", 800, "at least 99.5 %"),)
    return tuple(
        Measurement(
            title=title,
            about=about,
            command=f"make evidence-{about}",
            machine="2 shared cores, AMD EPYC",
            date="2026-11-23",
            figures=tuple(Figure(what=a, value=b, unit=c, over=d, target=e) for a, b, c, d, e in rows),
            path=f"docs/evidence/{about}.json",
            sha256=_digest(about),
        )
        for title, about, rows in (("Near duplicates", "near_duplicates", near), ("Licenses", "license", legal))
    )


def _recipe() -> dict[str, Any]:
    return {
        "name": "invented",
        "sources": [{"pypi": f"{project}=={version}", "sha256": _digest(project)} for project, version, *_ in PROJECTS],
        "limits": LIMITS,
        "license": {"policy": "own", "allow": ALLOW, "timeout_seconds": 20},
        "near_duplicates": {"enabled": True, "max_distance": 12},
        "splits": {"train": 0.9, "validation": 0.05, "test": 0.05, "salt": "seedbed"},
        "history": [
            {"date": "2026-01-05", "change": "A project left.", "why": "Its author asked for it.", "removed": []},
            {
                "date": "2026-02-10",
                "change": "One file is gone.",
                "why": "Its `header` | says <so>.",
                "removed": ["meadow 2.1: src/a.c"],
            },
        ],
    }


def _common(columns: tuple[Column, ...]) -> Row:
    empty = {"struct": {}, "string": "", "int64": 0, "int32": 0, "float32": 0.0, "bool": False, "list<string>": []}
    return {column.name: None if column.nullable else empty[column.type] for column in columns}


def _write(rows: list[Row], columns: tuple[Column, ...], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    wanted = [{column.name: row[column.name] for column in columns} for row in rows]
    pq.write_table(pa.Table.from_pylist(wanted, schema=arrow_schema(columns)), path, compression="zstd")


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
