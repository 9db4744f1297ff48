"""Documents with notices -> distinct notices and distinct license texts.

Two steps, each cut over tasks. `SpreadNotices` joins the documents of a source that share a notice, and hands them to the bucket
of their source; memory: the notices of one source. `MergeNotices` joins what the tasks wrote for the same source, and adds the
license files; memory: the notices of one bucket, a 256th of all, and the legal files of one source. A license text is
a file under its digest, so that each is written once, whichever task comes first.
"""

from __future__ import annotations

import heapq
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
import zstandard
from cachetools import LRUCache
from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader

from seedbed.core.io.files import write_atomic
from seedbed.data.filters.license.legal_files import MAX_CHARACTERS
from seedbed.data.filters.license.legal_names import LegalKind, kind_of
from seedbed.data.notices.address import web_address
from seedbed.data.notices.collector import FILES, INCOMPLETE
from seedbed.data.notices.scope import legal_texts
from seedbed.data.notices.statements import Copyrights, copyrights, holders
from seedbed.data.notices.texts import text_sha256

BUCKETS: Final = 256
_SAME: Final = ("project", "source", "version", "archive_sha256")
_CONFLICT: Final = "license_conflict"

Record = dict[str, Any]


class SpreadNotices(PipelineStep):
    """One document a notice, with the bucket of its source; documents whose text is not published are left out."""

    name = "notices"
    type = "seedbed"

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Join documents of a source as long as they follow each other."""
        source, notices = "", dict[str, Record]()
        for document in data or ():
            if "notice_id" not in document.metadata or document.metadata.get("filter_reason") == _CONFLICT:
                continue
            if document.metadata["source"] != source:
                yield from map(_document, notices.values())
                source, notices = document.metadata["source"], {}
            notice = _of(document)
            join(notices.setdefault(notice["notice_id"], notice), notice)
        yield from map(_document, notices.values())


def _of(document: Document) -> Record:
    metadata = document.metadata
    return {
        "notice_id": metadata["notice_id"],
        **{key: metadata.get(key) for key in _SAME},
        "samples": int("filter_reason" not in metadata),
        "licenses": {metadata["license"]},
        "own": set(metadata["copyrights"]),
        "files": list(metadata[FILES]),
        "is_complete": INCOMPLETE not in metadata,
    }


def join(notice: Record, other: Record) -> None:
    """Add what another part of the same notice says."""
    if other is not notice:
        notice["samples"] += other["samples"]
        notice["licenses"] |= other["licenses"]
        notice["own"] |= other["own"]
        notice["is_complete"] &= other["is_complete"]


def _document(notice: Record) -> Document:
    bucket = int(sha256(str(notice["source"]).encode()).hexdigest()[:8], 16) % BUCKETS
    lists = {key: sorted(notice[key]) for key in ("licenses", "own")}
    metadata = {**notice, **lists, "bucket": f"{bucket:03d}"}
    return Document(text=notice["notice_id"], id=notice["notice_id"], metadata=metadata)  # a reader skips an empty text


class MergeNotices(PipelineStep):
    """Rank r of n merges the buckets r, r + n, ...

    Args: spread: what `SpreadNotices` wrote; legal: what `LegalFiles` wrote; out: where rows and texts go.
    """

    name = "merge notices"
    type = "seedbed"

    def __init__(self, spread: Path, legal: str, out: Path) -> None:
        super().__init__()
        self.spread, self.legal, self.out = spread, legal, out

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Write the rows of each bucket by project, source and id; yields nothing."""
        for bucket in range(rank, BUCKETS, world_size):
            folder = self.spread / f"{bucket:03d}"
            if folder.is_dir():
                _write(self.out / f"{bucket:03d}.jsonl.zst", map(self._row, _merged(folder)))
        yield from ()

    def _row(self, notice: Record) -> Record:
        texts = legal_texts(self.legal, notice["source"])
        files = [_file(path, texts.get(path)) for path in notice["files"]]
        read = [_read(file["sha256"], texts[file["path"]] or "") for file in files if file["sha256"]]
        for file in files:
            _store(self.out, file["sha256"], texts.get(file["path"]))
        statements = dict.fromkeys([*(each for part in read for each in part.statements), *sorted(notice["own"])])
        names = {name: None for statement in statements if (name := holders(statement))}
        is_complete = notice["is_complete"] and len(read) == len(files) and all(part.is_complete for part in read)
        return {
            "notice_id": notice["notice_id"],
            **{key: notice[key] for key in _SAME},
            "url": web_address(notice["source"]),
            "samples": notice["samples"],
            "licenses": sorted(notice["licenses"]),
            "copyrights": list(statements),
            "holders": sorted(names),
            "files": files,
            "is_complete": is_complete,
        }


def _merged(folder: Path) -> list[Record]:
    """The notices of a bucket, joined over the tasks that wrote them."""
    notices: dict[str, Record] = {}
    for document in JsonlReader(str(folder), glob_pattern="*.jsonl.zst", add_file_path=False)():
        notice = document.metadata
        notice |= {key: set(notice[key]) for key in ("licenses", "own")}
        join(notices.setdefault(notice["notice_id"], notice), notice)
    return sorted(notices.values(), key=order)


def order(notice: Mapping[str, Any]) -> tuple[str, str, str]:
    """Sorts notices by project, source and id."""
    return notice["project"], notice["source"], notice["notice_id"]


def _file(path: str, text: str | None) -> Record:
    kind = "notice" if kind_of(path) is LegalKind.THIRD_PARTY else "license"
    return {"path": path, "kind": kind, "sha256": text_sha256(text)}


_cache: LRUCache[str, Copyrights] = LRUCache(maxsize=256)


def _read(digest: str, text: str) -> Copyrights:
    """Copyright statements of a license file, read once for its digest; a text that was stored up to a limit is not complete."""
    read = _cache.get(digest)
    if read is None:
        statements, is_complete = (whole := copyrights(text)).statements, whole.is_complete
        read = _cache[digest] = Copyrights(statements, is_complete and len(text) < MAX_CHARACTERS)
    return read


def _store(folder: Path, digest: str | None, text: str | None) -> None:
    if text is None or digest is None:
        return
    place = folder / "texts" / digest[:2] / f"{digest}.zst"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(place, zstandard.compress(text.encode()), durable=False)


def _write(path: Path, rows: Iterable[Record]) -> None:
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    write_atomic(path, zstandard.compress(lines), durable=False)


def rows(folder: Path) -> Iterator[Record]:
    """All notices by project, source and id. Memory: one row of each bucket."""
    yield from heapq.merge(*(_lines(path) for path in sorted(folder.glob("*.jsonl.zst"))), key=order)


def _lines(path: Path) -> Iterator[Record]:
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        for line in io.BufferedReader(stream):
            yield orjson.loads(line)


def texts(folder: Path) -> Iterator[Record]:
    """All license texts by digest, one in memory at a time."""
    for part in sorted((folder / "texts").glob("*")):
        for path in sorted(part.glob("*.zst")):
            data = zstandard.decompress(path.read_bytes())
            yield {"sha256": path.name.removesuffix(".zst"), "size_bytes": len(data), "text": data.decode()}
