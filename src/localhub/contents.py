"""What stands behind the names of a tree: files with their size and hash, folders."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from localhub.cache import WeightedCache
from localhub.database import Database
from localhub.gitobjects import Entry, oid, pointer
from localhub.trees import Trees

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    oid TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL, lfs INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS objects_by_sha256 ON objects (sha256);
"""
Item = TypeVar("Item")
_AT_ONCE = 500  # SQLite takes 999 variables in its oldest builds
_CACHED_FILES = 100_000  # about 30 MB


@dataclass(frozen=True, slots=True)
class File:
    """A file's content: `oid` is git's (of the pointer, when LFS keeps the bytes), `size` in bytes is always the content's."""

    oid: str
    sha256: str
    size: int
    lfs: bool

    @property
    def etag(self) -> str:
        """What clients compare before they download or upload: the SHA-256 with LFS, git's oid without."""
        return self.sha256 if self.lfs else self.oid

    @property
    def pointer_size(self) -> int:
        return len(pointer(self.sha256, self.size))

    @property
    def pointer_oid(self) -> str:
        return oid("blob", pointer(self.sha256, self.size))


def lfs_file(sha256: str, size: int) -> File:
    """The file that LFS keeps under a SHA-256."""
    return File(oid("blob", pointer(sha256, size)), sha256, size, lfs=True)


class Contents:
    """Objects by oid, and files by path."""

    def __init__(self, database: Database, trees: Trees) -> None:
        self._database = database
        self._trees = trees
        self._cache: WeightedCache[str, File] = WeightedCache(_CACHED_FILES)
        database.add_schema(_SCHEMA)

    def add(self, connection: sqlite3.Connection, file: File) -> None:
        """Make an oid known, inside a transaction; the blob is on the disk already."""
        row = (file.oid, file.sha256, file.size, file.lfs)
        connection.execute("INSERT OR IGNORE INTO objects VALUES (?, ?, ?, ?)", row)

    def file(self, root: str, path: str) -> File | None:
        """The file at a path below a root tree; None for a folder, or nothing."""
        entry = self._trees.find(root, path)
        return self.by_oid(entry.oid) if entry and not entry.folder else None

    def by_oid(self, blob: str) -> File:
        """Raises: KeyError when there is no such object."""
        return self.by_oids([blob])[blob]

    def by_oids(self, blobs: Iterable[str]) -> dict[str, File]:
        """Many at once. Raises: KeyError when one is not known."""
        found: dict[str, File] = {}
        missing = set()
        for blob in blobs:
            if held := self._cache.get(blob):
                found[blob] = held
            else:
                missing.add(blob)
        found |= self._load(missing)
        return found

    def files(self, root: str, prefix: str = "") -> Iterator[tuple[str, File]]:
        """Every file below a folder, with its path from the root, sorted as the tree is."""
        entry = self._trees.find(root, prefix)
        below = self._trees.files(entry.oid, f"{prefix}/" if prefix else "") if entry and entry.folder else iter(())
        for page in in_pages(below, _AT_ONCE):
            found = self.by_oids(blob for _, blob in page)
            yield from ((path, found[blob]) for path, blob in page)

    def entry(self, root: str, path: str) -> Entry | None:
        return self._trees.find(root, path)

    def _load(self, blobs: set[str]) -> dict[str, File]:
        found = {}
        for some in in_pages(blobs, _AT_ONCE):
            marks = ",".join("?" * len(some))
            for row in self._database.read().execute(f"SELECT * FROM objects WHERE oid IN ({marks})", some):  # noqa: S608 - question marks
                file = File(row["oid"], row["sha256"], row["size"], bool(row["lfs"]))
                found[file.oid] = file
                self._cache.put(file.oid, file)
        if blobs - found.keys():
            raise KeyError(min(blobs - found.keys()))
        return found


def in_pages(items: Iterable[Item], count: int) -> Iterator[list[Item]]:
    """Lists of `count` items, the last of which may be shorter."""
    rest = iter(items)
    while page := list(islice(rest, count)):
        yield page
