"""Git objects: hashes of files and folders, and trees of a commit."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import NamedTuple, TypeVar

from cachetools import LRUCache, cachedmethod

from localhub.database import Database
from localhub.errors import bad_request

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

_FILE_MODE, _FOLDER_MODE = b"100644", b"40000"
_OID_BYTES = 20
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (0|[1-9][0-9]{0,18})\n")


class Entry(NamedTuple):
    """The oid (40 hexadecimal digits) of a file's blob, or of a folder's tree."""

    oid: str
    folder: bool


def oid(kind: str, body: bytes) -> str:
    """Name of an object of `kind` blob, tree or commit.

    >>> oid("blob", b"")
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(body)) + body, usedforsecurity=False).hexdigest()


def pointer(sha256: str, size: int) -> bytes:
    """The pointer that git keeps in place of a file of `size` bytes in LFS."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


def read_pointer(data: bytes) -> tuple[str, int] | None:
    """SHA-256 and size of a pointer; None for other bytes."""
    match = _POINTER.fullmatch(data)
    return (match[1].decode(), int(match[2])) if match else None


def encode_tree(entries: Mapping[str, Entry]) -> bytes:
    """A folder as git stores it: sorted by bytes, as if the name of a folder ended with a slash."""
    rows = sorted((name.encode(), entry) for name, entry in entries.items())
    rows.sort(key=lambda row: row[0] + b"/" if row[1].folder else row[0])
    return b"".join(
        (_FOLDER_MODE if entry.folder else _FILE_MODE) + b" " + name + b"\0" + bytes.fromhex(entry.oid) for name, entry in rows
    )


def decode_tree(body: bytes) -> dict[str, Entry]:
    """The inverse of `encode_tree`."""
    entries = {}
    at = 0
    while at < len(body):
        space = body.index(b" ", at)
        end = body.index(b"\0", space)
        folder = body[at:space] == _FOLDER_MODE
        at = end + 1 + _OID_BYTES
        entries[body[space + 1 : end].decode()] = Entry(body[end + 1 : at].hex(), folder)
    return entries


def encode_commit(tree: str, parent: str | None, author: str, seconds: int, message: str) -> bytes:
    """A commit as git stores it; `seconds` since 1970, in UTC."""
    who = f"{author} <{author}@localhost> {seconds} +0000"
    lines = [f"tree {tree}", *([f"parent {parent}"] if parent else []), f"author {who}", f"committer {who}", "", message, ""]
    return "\n".join(lines).encode(errors="replace")


_SCHEMA = """
CREATE TABLE IF NOT EXISTS trees (oid TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    oid TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL, lfs INTEGER NOT NULL) WITHOUT ROWID;
"""
Item = TypeVar("Item")
_CACHED_ENTRIES = 300_000  # about 60 MB
_CACHED_FILES = 100_000  # about 30 MB
_MAX_VARIABLES = 500  # SQLite takes 999 in its oldest builds


@dataclass(frozen=True, slots=True)
class File:
    """A file's content: `oid` is git's (of the pointer if LFS keeps the bytes), `size` in bytes is always the content's."""

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


def lfs_file(sha256: str, size: int) -> File:
    """The file that LFS keeps under a SHA-256."""
    return File(oid("blob", pointer(sha256, size)), sha256, size, lfs=True)


class Trees:
    """Folders by oid, files by oid and by path. Cached mappings are shared between readers: do not change them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._folders: LRUCache[str, Mapping[str, Entry]] = LRUCache(_CACHED_ENTRIES, getsizeof=lambda folder: len(folder) + 1)
        self._files: LRUCache[str, File] = LRUCache(_CACHED_FILES)
        self._lock = Lock()
        database.add_schema(_SCHEMA)

    @cachedmethod(lambda self: self._folders, lock=lambda self: self._lock)
    def read(self, tree: str) -> Mapping[str, Entry]:
        """Names in a folder. Raises: KeyError for an unknown tree."""
        if tree == EMPTY_TREE:
            return {}
        row = self._database.read().execute("SELECT body FROM trees WHERE oid = ?", (tree,)).fetchone()
        if row is None:
            raise KeyError(tree)
        return decode_tree(row["body"])

    def find(self, root: str, path: str) -> Entry | None:
        """The entry at a path below a root tree; the root itself for an empty path."""
        entry = Entry(root, folder=True)
        for part in path.split("/") if path else ():
            below = self.read(entry.oid).get(part) if entry.folder else None
            if below is None:
                return None
            entry = below
        return entry

    def paths(self, tree: str, prefix: str = "") -> Iterator[tuple[str, str]]:
        """Path and blob oid of every file below, in git's order; paths start with `prefix`."""
        for name, entry in self.read(tree).items():
            if entry.folder:
                yield from self.paths(entry.oid, f"{prefix}{name}/")
            else:
                yield prefix + name, entry.oid

    def file(self, root: str, path: str) -> File | None:
        """The file at a path below a root tree; None for a folder, or nothing."""
        entry = self.find(root, path)
        return self.by_oid(entry.oid) if entry and not entry.folder else None

    def files(self, root: str) -> Iterator[tuple[str, File]]:
        """Every file below a root tree, with its path, in git's order."""
        for page in _batched(self.paths(root), _MAX_VARIABLES):
            files = self.by_oids(blob for _, blob in page)
            yield from ((path, files[blob]) for path, blob in page)

    def by_oid(self, blob: str) -> File:
        """Raises: KeyError for an unknown object."""
        return self.by_oids([blob])[blob]

    def by_oids(self, blobs: Iterable[str]) -> dict[str, File]:
        """Many at once. Raises: KeyError for an unknown object."""
        wanted = set(blobs)
        with self._lock:
            files = {blob: self._files[blob] for blob in wanted if blob in self._files}
        loaded = {file.oid: file for file in self._load(wanted - files.keys())}
        with self._lock:
            self._files.update(loaded)
        files |= loaded
        if wanted - files.keys():
            raise KeyError(min(wanted - files.keys()))
        return files

    def add_file(self, connection: sqlite3.Connection, file: File) -> None:
        """Make an oid known, inside a transaction; its blob is on the disk already."""
        row = (file.oid, file.sha256, file.size, file.lfs)
        connection.execute("INSERT OR IGNORE INTO objects VALUES (?, ?, ?, ?)", row)

    def write(self, connection: sqlite3.Connection, root: str, changes: Mapping[str, str | None]) -> str:
        """Write a root with files put (blob oid) and removed (None), inside a transaction; empty folders are dropped.

        Returns: the new root's oid. Raises: HubError 400 if a path would be a file and a folder.
        """
        entries = dict(self.read(root))
        below: dict[str, dict[str, str | None]] = defaultdict(dict)
        for path, blob in changes.items():
            name, _, rest = path.partition("/")
            below[name][rest] = blob  # an empty rest is the name itself
        for name, inside in below.items():
            self._write_entry(connection, entries, name, inside)
        body = encode_tree(entries)
        tree = oid("tree", body)
        connection.execute("INSERT OR IGNORE INTO trees VALUES (?, ?)", (tree, body))
        return tree

    def _write_entry(
        self, connection: sqlite3.Connection, entries: dict[str, Entry], name: str, changes: dict[str, str | None]
    ) -> None:
        old = entries.pop(name, None)
        folder = old.oid if old and old.folder else EMPTY_TREE
        file = changes.pop("", None if folder != EMPTY_TREE else (old and old.oid))
        if changes:
            folder = self.write(connection, folder, changes)
        if file and folder != EMPTY_TREE:
            raise bad_request(f"{name} would be a file and a folder")
        if file or folder != EMPTY_TREE:
            entries[name] = Entry(file or folder, folder=not file)

    def _load(self, blobs: set[str]) -> Iterator[File]:
        for page in _batched(blobs, _MAX_VARIABLES):
            marks = ",".join("?" * len(page))
            for row in self._database.read().execute(f"SELECT * FROM objects WHERE oid IN ({marks})", page):  # noqa: S608 - question marks
                yield File(row["oid"], row["sha256"], row["size"], bool(row["lfs"]))


def _batched(items: Iterable[Item], count: int) -> Iterator[list[Item]]:
    """Lists of `count` items, the last of which may be shorter."""
    rest = iter(items)
    while batch := list(islice(rest, count)):
        yield batch
