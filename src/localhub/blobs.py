"""Blobs by SHA-256: written whole, read with permission, refused when the disk is full."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from localhub.accounts import Account
from localhub.database import Database
from localhub.errors import bad_request

Item = TypeVar("Item")
_SYNCING = ThreadPoolExecutor(8, "sync")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class TemporaryFile:
    """A file to write and read. It is deleted when the `with` ends, unless it was moved."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(dir=folder)
        self._stream = os.fdopen(handle, "w+b")
        self._path = Path(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(OSError):  # on a full disk: buffered bytes were not kept, or `keep()` has raised already
            self._stream.close()
        with suppress(FileNotFoundError):
            self._path.unlink()

    def write(self, data: bytes) -> None:
        self._stream.write(data)

    def sync(self) -> None:
        """Force the bytes to the disk."""
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def move_to(self, target: Path) -> None:
        """Rename it; the caller syncs its folder."""
        self._path.replace(target)

    def move_into_place(self, target: Path) -> None:
        """Rename it for good: make its folder, and sync it."""
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            sync_folder(target.parent.parent)
        self.move_to(target)
        sync_folder(target.parent)


class Blobs:
    """The content-addressed store below a folder, which it makes."""

    def __init__(self, root: Path) -> None:
        self._blobs = root / "blobs"
        self._tmp = root / "tmp"
        self._tmp.mkdir(parents=True, exist_ok=True)
        for number in range(256):
            (self._blobs / f"{number:02x}").mkdir(parents=True, exist_ok=True)
        for folder in (self._blobs, root):
            sync_folder(folder)

    def path(self, sha256: str) -> Path:
        """Where a blob is stored. Raises: HubError 400 for anything but 64 lower-case hexadecimal digits."""
        if not _SHA256.fullmatch(sha256):
            raise bad_request("A SHA-256 is 64 lower-case hexadecimal digits")
        return self._blobs / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes. Raises: FileNotFoundError for a blob that does not exist."""
        return self.path(sha256).stat().st_size

    def incoming(self) -> Incoming:
        """Start an upload; a context manager."""
        return Incoming(self, self._tmp)

    def put(self, data: bytes) -> str:
        """Store bytes. Returns: their SHA-256."""
        (sha256,) = self.put_all([data])
        return sha256

    def put_all(self, contents: Iterable[bytes]) -> list[str]:
        """Store some hundreds of small files, all different. Returns: their SHA-256, in the same order.

        Their syncs run in parallel: a file system writes its journal once for all that wait for it.
        """
        with ExitStack() as stack:
            arrived = {}
            for data in contents:
                incoming = stack.enter_context(self.incoming())
                incoming.write(data)
                arrived[incoming.sha256] = incoming
            new = {self.path(sha256): incoming for sha256, incoming in arrived.items() if not self.has(sha256)}
            _in_parallel(Incoming.sync, list(new.values()))
            for path, incoming in new.items():
                incoming.move_to(path)
            # Also of those that another upload has just moved into place, and may not have synced yet.
            _in_parallel(sync_folder, list({self.path(sha256).parent for sha256 in arrived}))
            return list(arrived)

    def sweep(self) -> int:
        """Remove unfinished uploads of an earlier process. Returns: how many files."""
        leftovers = [path for path in self._tmp.iterdir() if path.is_file()]
        for path in leftovers:
            path.unlink()
        return len(leftovers)


class Incoming(TemporaryFile):
    """A temporary file that hashes its bytes; `keep()` makes it a blob."""

    def __init__(self, blobs: Blobs, folder: Path) -> None:
        super().__init__(folder)
        self._blobs = blobs
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        super().write(data)

    def keep(self, expected: str | None = None) -> str:
        """Make it a blob that survives a power cut: sync, rename, sync the folder.

        Returns: the SHA-256. Raises: HubError 400 if it is not the `expected` one.
        """
        if expected is not None and self.sha256 != expected:
            raise bad_request(f"The bytes sent have the SHA-256 {self.sha256}, not {expected}")
        target = self._blobs.path(self.sha256)
        if target.exists():
            sync_folder(target.parent)  # another upload may have moved it there just now
        else:
            self.sync()
            self.move_into_place(target)
        return self.sha256

    @property
    def sha256(self) -> str:
        """Of the bytes written so far."""
        return self._digest.hexdigest()


def _in_parallel(act: Callable[[Item], None], items: list[Item]) -> None:
    if len(items) == 1:
        act(*items)
    else:
        list(_SYNCING.map(act, items))


def sync_folder(folder: Path) -> None:
    """A rename is only durable once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SQLITE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # a quota, or a limit on the size of files
    sqlite3.SQLITE_IOERR_SHMSIZE,  # the index of the log needs another page
    sqlite3.SQLITE_IOERR_FSYNC,  # a file system that allocates space only when it syncs
}


def is_full(error: BaseException) -> bool:
    """Whether a write failed for lack of space.

    >>> is_full(OSError(errno.ENOSPC, "No space left on device")), is_full(FileNotFoundError())
    (True, False)
    """
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _SQLITE
    return isinstance(error, OSError) and error.errno in _ERRNOS


_SCHEMA = """
CREATE TABLE IF NOT EXISTS possessions (
    sha256 TEXT NOT NULL, repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    PRIMARY KEY (sha256, repository)) WITHOUT ROWID;
"""


class BlobAccess:
    def __init__(self, database: Database) -> None:
        self._database = database
        database.add_schema(_SCHEMA)

    def add(self, connection: sqlite3.Connection, repository: int, sha256: str) -> None:
        """Record that a repository holds a file, inside a transaction; recording it twice is fine."""
        connection.execute("INSERT OR IGNORE INTO possessions VALUES (?, ?)", (sha256, repository))

    def has(self, repository: int, sha256: str) -> bool:
        """Whether a file was uploaded to a repository, or committed to it."""
        row = self._database.read().execute("SELECT 1 FROM possessions WHERE sha256 = ? AND repository = ?", (sha256, repository))
        return row.fetchone() is not None

    def readable_by(self, account: Account | None, sha256: str) -> bool:
        """Whether an account may read any repository that holds a file."""
        rows = self._database.read().execute(
            "SELECT owner, private FROM possessions JOIN repositories ON id = repository WHERE sha256 = ?", (sha256,)
        )
        return any(not row["private"] or (account is not None and account.belongs_to(row["owner"])) for row in rows)
