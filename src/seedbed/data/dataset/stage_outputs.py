"""The files between stages, read as rows of the published tables and as facts of the manifest."""

from __future__ import annotations

import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import zstandard

from seedbed.core.manifests.funnel import Block, SourceFacts, Stage
from seedbed.core.runs.workspace import read_seconds

Record = dict[str, Any]


def read(folder: Path) -> Iterator[Record]:
    """Records of every `*.jsonl.zst` below a folder, file by file in the order of their names."""
    for path in sorted(folder.rglob("*.jsonl.zst")):
        with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
            for line in io.BufferedReader(stream):
                yield orjson.loads(line)


def rejected_rows(folder: Path) -> Iterator[Record]:
    """Rows of the `rejected` config.

    A text is published only where its license allows it, and where no copy of it was rejected for a license that does
    not.
    """
    restricted = {
        record["metadata"]["content_hash"]
        for record in read(folder)
        if record["metadata"].get("license_allowed") is False and "content_hash" in record["metadata"]
    }
    for stage, block in blocks(folder):
        for record in read(folder / stage / block["folder"]):
            metadata = record["metadata"]
            reason = metadata.get("filter_reason", block["name"])
            is_restricted = reason == "license_conflict" or metadata.get("content_hash") in restricted
            is_free = metadata.get("license_allowed") is True and not is_restricted
            place = {"id": record["id"], "stage": _plain(stage), "block": block["name"], "reason": reason}
            yield {**metadata, **place, "text": record["text"] if is_free else None}


def blocks(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Stage folder and block (`name`, `meaning`, `words`, `folder`) of every block that can reject, in the order they ran."""
    for path in sorted(folder.glob("*/blocks.json")):
        for block in json.loads(path.read_text(encoding="utf-8")):
            yield path.parent.name, block


def funnel(
    folder: Path,
    rejected: Sequence[Mapping[str, Any]],
    kept: Sequence[Mapping[str, Any]],
    limits: Mapping[str, float],
) -> Iterator[Stage]:
    """Files and bytes into and out of each block, counted backwards from what was kept: every file is somewhere.

    Args:
        folder: where the blocks are listed.
        rejected: rows of `rejected_rows`.
        kept: rows of the samples.
        limits: the recipe's, for the sentences that name them.
    """
    reasons: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    gone_bytes: Counter[tuple[str, str]] = Counter()
    for row in rejected:
        place = row["stage"], row["block"]
        reasons[place][row["reason"]] += 1
        gone_bytes[place] += row["size_bytes"]
    shown = {key: f"{100 * limit:g} %" if isinstance(limit, float) else limit for key, limit in limits.items()}
    rejections: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rejected:
        rejections[row["stage"], row["block"]].append(row)
    files, size = len(kept), sum(row["size_bytes"] for row in kept)
    stages: dict[str, list[Block]] = {}
    for stage, block in reversed(list(blocks(folder))):
        entry = _block(block, rejections[_plain(stage), block["name"]], files, size, shown)
        files, size = entry.files_in, entry.bytes_in
        stages.setdefault(stage, []).insert(0, entry)
    for stage in sorted(stages):
        yield Stage(name=_plain(stage), blocks=tuple(stages[stage]))


def _block(
    block: Mapping[str, Any], rejected: Sequence[Mapping[str, Any]], files: int, size: int, shown: Mapping[str, object]
) -> Block:
    """A filter of the funnel, given the rows that it rejected, and the files and bytes that it let through."""
    return Block(
        name=block["name"],
        meaning=block["meaning"],
        files_in=files + len(rejected),
        bytes_in=size + sum(row["size_bytes"] for row in rejected),
        files_out=files,
        bytes_out=size,
        reasons=dict(sorted(Counter(row["reason"] for row in rejected).items())),
        words={reason: sentence.format_map(shown) for reason, sentence in block["words"].items()},
    )


def source_facts(path: Path, kept: Sequence[Mapping[str, Any]]) -> Iterator[SourceFacts]:
    """The plan's sources with the number of files kept from each."""
    counts = Counter(row["source"] for row in kept)
    for source in json.loads(path.read_text(encoding="utf-8")):
        yield SourceFacts(
            id=source["id"],
            kind=source["kind"],
            url=source["project"],
            version=source["version"],
            archive_sha256=source["archive_sha256"],
            archive_bytes=source["archive_bytes"],
            release_date=source["release_date"],
            files=source["files"],
            kept=counts[source["id"]],
            skipped=source["skipped"],
            error=source["error"],
        )


def timing(work: Path) -> dict[str, float]:
    """Wall seconds of each stage, over all the runs that it took."""
    return {path.parent.name: read_seconds(path) for path in sorted(work.glob("logs/*/seconds"))}


def _plain(stage: str) -> str:
    """`2-clean` -> `clean`."""
    return stage.partition("-")[2] or stage
