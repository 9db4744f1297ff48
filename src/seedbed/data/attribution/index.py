"""Read the index: arrays are mapped into memory, texts are unpacked when they are compared."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import zstandard

from seedbed.core.errors import AttributionError, InputError
from seedbed.core.io.hub_download import is_id, snapshot
from seedbed.core.manifests.dataset import Attribution, Manifest
from seedbed.data.attribution import layout
from seedbed.data.attribution.layout import Scheme, exact_grams, renamed_grams
from seedbed.data.attribution.tokens import Tokens, tokens_of_stripped

if TYPE_CHECKING:
    import numpy.typing as npt

    from seedbed.core.syntax.hashing import Hashes

_CACHED_FILES = 256
_CACHED_BLOCKS = 64
_WANTED: Final = (f"{layout.FOLDER}/*", Manifest.file_name)
_GRAMS = {"exact": exact_grams, "renamed": renamed_grams}


@dataclass(frozen=True)
class Runs:
    """One kind of runs: which files have a run of this hash."""

    kind: str
    scheme: Scheme
    buckets: npt.NDArray[Any]
    rest: npt.NDArray[np.uint16]
    files: npt.NDArray[Any]

    @cached_property
    def bits(self) -> int:
        """Bits of a hash that choose the bucket."""
        return (len(self.buckets) - 1).bit_length() - 1

    def grams(self, tokens: Tokens) -> Hashes:
        """Hashes of the runs of a text, of this kind."""
        return _GRAMS[self.kind](tokens, self.scheme)

    def postings(self, grams: Hashes) -> Iterator[npt.NDArray[Any]]:
        """For each hash the numbers of the files that have it, ascending."""
        buckets = (grams >> np.uint64(64 - self.bits)).astype(np.intp)
        rests = (grams >> np.uint64(64 - self.bits - layout.REST_BITS)).astype(np.uint16)
        bounds = zip(self.buckets[buckets].tolist(), self.buckets[buckets + 1].tolist(), rests, strict=True)
        for start, end, rest in bounds:
            inside = self.rest[start:end]
            first = start + int(inside.searchsorted(rest))
            last = start + int(inside.searchsorted(rest, side="right"))
            yield self.files[first:last]


@dataclass(frozen=True)
class IndexedFile:
    """A file of the dataset: the kept columns of its row, and its tokens."""

    row: dict[str, Any]
    tokens: Tokens


class Index:
    """An index in a folder. Safe to share between threads: nothing but caches changes.

    Raises: InputError when the folder holds no index; AttributionError when it is of another format or broken.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.head = _head(folder)
        try:
            self.runs = {kind: self._runs(kind) for kind in layout.KINDS}
            self.files = _mapped(folder / "files.npy")
            self._blocks = _mapped(folder / "blocks.npy")
            self._texts = _bytes(folder / layout.TEXTS)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AttributionError(f"{folder}: broken index: {error}. Build the dataset again.") from error
        if len(self.files) != self.head["files"] or (len(self._blocks) and int(self._blocks[-1]) != len(self._texts)):
            raise AttributionError(f"{folder}: broken index: its parts are not of one run. Build the dataset again.")
        self.source = lru_cache(_CACHED_FILES)(self._source)
        self._block = lru_cache(_CACHED_BLOCKS)(self._unpack)

    def _runs(self, kind: str) -> Runs:
        scheme = Scheme(self.head[kind]["run"], self.head[kind]["window"])
        return Runs(kind, scheme, *(_mapped(self.folder / f"{kind}-{part}.npy") for part in ("buckets", "rest", "files")))

    def _source(self, file: int) -> IndexedFile:
        place = self.files[file]
        block = self._block(int(place["block"]))
        row = json.loads(block[place["start"] : place["middle"]])
        return IndexedFile(row, tokens_of_stripped(block[place["middle"] : place["end"]]))

    def _unpack(self, block: int) -> bytes:
        start, end = int(self._blocks[block]), int(self._blocks[block + 1])
        return zstandard.ZstdDecompressor().decompress(self._texts[start:end])


def open_index(dataset: str | Path) -> Index:
    """Open the index of a dataset, given its folder or its id on a Hub; of the latter, only index and manifest are downloaded.

    Raises: InputError when there is no such dataset, or no index in it; ManifestError when its manifest is broken;
        AttributionError when the index is broken, of another format, or not the one that the manifest describes.
    """
    folder = _dataset_folder(dataset)
    if not (folder / layout.FOLDER).is_dir():
        raise InputError(
            f"{dataset}: has no index for attribution. Allowed: one with `{layout.FOLDER}`, as `make dataset` builds it."
        )
    index = Index(folder / layout.FOLDER)
    if Manifest.load(folder).attribution != description(index.folder):
        raise AttributionError(
            f"{dataset}: {layout.FOLDER}: not the index that {Manifest.file_name} describes. Allowed: both from one run. "
            "Build the dataset again."
        )
    return index


def _dataset_folder(dataset: str | Path) -> Path:
    path = Path(dataset)
    if path.is_dir():
        return path
    if not is_id(str(dataset)):
        raise InputError(f"{dataset}: no such dataset. Allowed: a dataset folder, or an id on the Hub (owner/name).")
    return snapshot(str(dataset), "dataset", wanted=_WANTED)


def description(folder: Path) -> Attribution:
    """The index in a folder as a manifest describes it."""
    head = json.loads((folder / layout.HEAD).read_text(encoding="utf-8"))
    guarantees = {f"{kind}_tokens": Scheme(head[kind]["run"], head[kind]["window"]).guarantee for kind in layout.KINDS}
    size_bytes = sum(path.stat().st_size for path in folder.iterdir())
    return Attribution(format=head["format"], files=head["files"], tokens=head["tokens"], bytes=size_bytes, **guarantees)


def _head(folder: Path) -> dict[str, Any]:
    path = folder / layout.HEAD
    try:
        head = json.loads(path.read_text(encoding="utf-8"))
        format_ = head["format"]
    except FileNotFoundError as error:
        raise InputError(f"{folder}: no index there. Allowed: the folder `{layout.FOLDER}` of a dataset.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AttributionError(f"{path}: not the head of an index: {error}.") from error
    if format_ != layout.FORMAT:
        raise AttributionError(f"{path}: format {format_}. Allowed: {layout.FORMAT}; build the dataset again.")
    return dict(head)


def _mapped(path: Path) -> npt.NDArray[Any]:
    """An array that the system reads page by page as it is needed; plain, since numpy's own class is slow to index."""
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
    return array


def _bytes(path: Path) -> bytes | mmap.mmap:
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
