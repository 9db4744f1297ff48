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

from seedbed.core.manifests.contents import Block, SourceFacts, Stage
from seedbed.core.runs.job import REJECTED, read_seconds

Record = dict[str, Any]
Row = Mapping[str, Any]


def read(folder: Path) -> Iterator[Record]:
    """Records of every `*.jsonl.zst` below a folder, file by file in the order of their names."""
    for path in sorted(folder.rglob("*.jsonl.zst")):
        with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
            for line in io.BufferedReader(stream):
                yield orjson.loads(line)


def rejected_rows(stages: Mapping[str, Path]) -> Iterator[Record]:
    """Rows of the `rejected` config. Args: stages: folder of each stage by its name, in the order they ran.

    A text is published only where its license allows it, and where no copy of it was rejected for a license that does
    not.
    """
    restricted = {
        record["metadata"]["content_hash"]
        for folder in stages.values()
        for record in read(folder / REJECTED)
        if record["metadata"].get("license_allowed") is False and "content_hash" in record["metadata"]
    }
    for stage, block in blocks(stages):
        for record in read(stages[stage] / REJECTED / block["folder"]):
            metadata = record["metadata"]
            reason = metadata.get("filter_reason", block["name"])
            is_restricted = reason == "license_conflict" or metadata.get("content_hash") in restricted
            is_free = metadata.get("license_allowed") is True and not is_restricted
            place = {"id": record["id"], "stage": stage, "block": block["name"], "reason": reason}
            texts = (
                {"text": record["text"], "notice_id": metadata.get("notice_id")} if is_free else {"text": None, "notice_id": None}
            )
            yield {**metadata, **place, **texts}


def blocks(stages: Mapping[str, Path]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Stage and block (`name`, `meaning`, `words`, `folder`) of every block that can reject, in the order they ran."""
    for stage, folder in stages.items():
        path = blocks_file(folder)
        for block in json.loads(path.read_text(encoding="utf-8")) if path.is_file() else ():
            yield stage, block


def blocks_file(folder: Path) -> Path:
    """Where a stage lists its blocks that can reject."""
    return folder / REJECTED / "blocks.json"


def funnel(
    stages: Mapping[str, Path], rejected: Sequence[Row], kept: Sequence[Row], limits: Mapping[str, float]
) -> Iterator[Stage]:
    """Files and bytes into and out of each block, counted backwards from what was kept: every file is somewhere.

    Args:
        stages: folder of each, in the order they ran.
        rejected: rows of `rejected_rows`.
        kept: rows of the samples.
        limits: the recipe's, for the sentences that name them.
    """
    shown = {key: f"{100 * limit:g} %" if isinstance(limit, float) else limit for key, limit in limits.items()}
    rejections: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rejected:
        rejections[row["stage"], row["block"]].append(row)
    files, size = len(kept), sum(row["size_bytes"] for row in kept)
    counted: dict[str, list[Block]] = {}
    for stage, block in reversed(list(blocks(stages))):
        entry = _block(block, rejections[stage, block["name"]], files, size, shown)
        files, size = entry.files_in, entry.bytes_in
        counted.setdefault(stage, []).insert(0, entry)
    yield from (Stage(name=stage, blocks=tuple(counted[stage])) for stage in stages if stage in counted)


def _block(block: Mapping[str, Any], rejected: Sequence[Row], files: int, size: int, shown: Mapping[str, object]) -> Block:
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


def timing(stages: Mapping[str, Path]) -> dict[str, float]:
    """Wall seconds of each step of the stages, over all the runs that it took."""
    seconds = {path.parent.name: read_seconds(path) for folder in stages.values() for path in folder.glob("logs/*/seconds")}
    return dict(sorted(seconds.items()))
