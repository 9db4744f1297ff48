"""Write the index. The same rows give the same bytes, whatever their order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import zstandard
from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.data.attribution import layout
from seedbed.data.attribution.layout import EXACT, RENAMED, Scheme, exact_grams, kept, renamed_grams
from seedbed.data.attribution.tokens import Tokens, stripped, tokens_of_stripped

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.core.syntax.hashing import Hashes

_COMPRESSION_LEVEL = 12


@dataclass
class _Runs:
    """The runs that winnowing keeps, file by file."""

    scheme: Scheme
    grams: Callable[[Tokens, Scheme], Hashes]
    hashes: list[Hashes] = field(default_factory=list)
    files: list[npt.NDArray[np.uint32]] = field(default_factory=list)

    def add(self, tokens: Tokens, file: int) -> None:
        grams = self.grams(tokens, self.scheme)
        unique = np.unique(grams[kept(grams, self.scheme.window)])
        self.hashes.append(unique)
        self.files.append(np.full(len(unique), file, dtype=np.uint32))


@dataclass
class _Texts:
    """Frames of texts.bin, and the place of each file in them."""

    frames: list[bytes] = field(default_factory=list)
    places: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    waiting: bytearray = field(default_factory=bytearray)

    def add(self, row: Mapping[str, Any], text: bytes, project: int) -> None:
        start = len(self.waiting)
        head = json.dumps({key: row.get(key) for key in layout.KEYS}, ensure_ascii=False, sort_keys=True)
        self.waiting += head.encode("utf-8", "surrogatepass") + b"\n"
        middle = len(self.waiting)
        self.waiting += text
        self.places.append((len(self.frames), start, middle, len(self.waiting), project))
        if len(self.waiting) >= layout.BLOCK_BYTES:
            self.close()

    def close(self) -> None:
        """Compress the waiting texts as one frame."""
        if self.waiting:
            self.frames.append(zstandard.ZstdCompressor(level=_COMPRESSION_LEVEL).compress(bytes(self.waiting)))
            self.waiting = bytearray()


def build(rows: Iterable[Mapping[str, Any]], folder: Path, tick: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Write the index of rows into a new folder.

    Args: rows: with the columns of `layout.KEYS`, and `text` as `stripped` gave it, decoded; tick: called with the files done.
    Returns: the content of index.json. Memory: about 24 bytes a kept run, which is 4 a token.
    """
    folder.mkdir(parents=True)
    texts, counts = _Texts(), {"files": 0, "tokens": 0}
    kinds = {"exact": _Runs(EXACT, exact_grams), "renamed": _Runs(RENAMED, renamed_grams)}
    projects: dict[str, int] = {}
    for number, row in enumerate(sorted(rows, key=lambda row: str(row["id"]))):
        text = row["text"].encode("utf-8", "surrogatepass")
        tokens = tokens_of_stripped(text)
        texts.add(row, text, projects.setdefault(row["project"], len(projects)))
        for runs in kinds.values():
            runs.add(tokens, number)
        counts = {"files": number + 1, "tokens": counts["tokens"] + len(tokens)}
        tick(number + 1)
    _write_texts(texts, folder)
    schemes = {name: {**asdict(runs.scheme), "entries": _write_runs(name, runs, folder)} for name, runs in kinds.items()}
    head = {"format": layout.FORMAT, **counts, "projects": len(projects), **schemes}
    (folder / layout.HEAD).write_text(json.dumps(head, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return head


def _write_texts(texts: _Texts, folder: Path) -> None:
    texts.close()
    (folder / layout.TEXTS).write_bytes(b"".join(texts.frames))
    np.save(folder / "blocks.npy", np.cumsum([0, *map(len, texts.frames)], dtype=np.uint64))
    np.save(folder / "files.npy", np.array(texts.places, dtype=layout.FILE))


def _write_runs(name: str, runs: _Runs, folder: Path) -> int:
    """The arrays of one kind, sorted by hash and file. Returns the number of entries."""
    hashes = np.concatenate(runs.hashes) if runs.hashes else np.zeros(0, dtype=np.uint64)
    files = np.concatenate(runs.files) if runs.files else np.zeros(0, dtype=np.uint32)
    bits = max(1, (len(hashes) // layout.ENTRIES_IN_A_BUCKET).bit_length())
    buckets = (hashes >> np.uint64(64 - bits)).astype(np.int64)
    rest = (hashes >> np.uint64(64 - bits - layout.REST_BITS)).astype(np.uint16)
    # Only these bits of a hash are stored: entries that are equal in them are ordered by file, each once.
    order = np.lexsort((files, rest, buckets))
    buckets, rest, files = buckets[order], rest[order], files[order]
    new = np.ones(len(files), dtype=np.bool_)
    new[1:] = (buckets[1:] != buckets[:-1]) | (rest[1:] != rest[:-1]) | (files[1:] != files[:-1])
    starts = np.concatenate([[0], np.cumsum(np.bincount(buckets[new], minlength=1 << bits))])
    np.save(folder / f"{name}-buckets.npy", _narrow(starts.astype(np.uint64), np.uint32))
    np.save(folder / f"{name}-rest.npy", rest[new])
    np.save(folder / f"{name}-files.npy", _narrow(files[new], np.uint16))
    return int(new.sum())


def _narrow(values: npt.NDArray[Any], small: type[np.unsignedinteger[Any]]) -> npt.NDArray[Any]:
    """The values in the smaller type, where they fit."""
    return values.astype(small) if not len(values) or int(values.max()) <= np.iinfo(small).max else values


class Strip(PipelineStep):
    """Reduces each document to its tokens on their lines, and the metadata that an index keeps; parallel, before `build`."""

    name = "strip"
    type = "seedbed"

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for document in data or ():
            text = stripped(document.text, document.metadata["language"]).decode("utf-8", "surrogatepass")
            metadata = {key: document.metadata[key] for key in layout.KEYS if key in document.metadata}
            yield Document(text=text, id=document.id, metadata=metadata)
