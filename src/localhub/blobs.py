"""Files by their SHA-256. A blob is either whole and on the disk, or not there.

root/blobs/ab/<sha256>    what repositories hold; never changed, never half written
root/tmp/<random>         what is on its way in; swept when the Hub starts
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from localhub.errors import bad_request
from localhub.temporary import TemporaryFile

Item = TypeVar("Item")
_SYNCING = ThreadPoolExecutor(8, "sync")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """The content-addressed store below a folder, which is made when it is not there."""

    def __init__(self, root: Path) -> None:
        self._blobs = root / "blobs"
        self._tmp = root / "tmp"
        self._tmp.mkdir(parents=True, exist_ok=True)
        for number in range(256):
            (self._blobs / f"{number:02x}").mkdir(parents=True, exist_ok=True)
        for folder in (self._blobs, root):
            sync_folder(folder)

    def path(self, sha256: str) -> Path:
        """Where a blob is, or would be. Raises: HubError 400 for anything but 64 lower-case hexadecimal digits."""
        if not _SHA256.fullmatch(sha256):
            raise bad_request("A SHA-256 is 64 lower-case hexadecimal digits")
        return self._blobs / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes. Raises: FileNotFoundError when the blob is not there."""
        return self.path(sha256).stat().st_size

    def incoming(self) -> Incoming:
        """A file on its way in; a context manager."""
        return Incoming(self, self._tmp)

    def put(self, data: bytes) -> str:
        """Store bytes that are in memory already. Returns their SHA-256."""
        (sha256,) = self.put_all([data])
        return sha256

    def put_all(self, many: Iterable[bytes]) -> list[str]:
        """Store some hundreds of small files, all different. Returns their SHA-256, in the same order.

        They are synced side by side: a file system writes its journal once for all that wait for it.
        """
        with ExitStack() as stack:
            arrived = {}
            for data in many:
                incoming = stack.enter_context(self.incoming())
                incoming.write(data)
                arrived[incoming.sha256] = incoming
            new = {self.path(sha256): incoming for sha256, incoming in arrived.items() if not self.has(sha256)}
            _side_by_side(Incoming.sync, list(new.values()))
            for path, incoming in new.items():
                incoming.move_to(path)
            # Also of those that another upload has just moved into place, and may not have synced yet.
            _side_by_side(sync_folder, list({self.path(sha256).parent for sha256 in arrived}))
            return list(arrived)

    def sweep(self) -> int:
        """Remove what an earlier process left half written. Returns how many files."""
        leftovers = [path for path in self._tmp.iterdir() if path.is_file()]
        for path in leftovers:
            path.unlink()
        return len(leftovers)


class Incoming(TemporaryFile):
    """A temporary file that hashes what is written to it; it is gone when the `with` ends without `keep()`."""

    def __init__(self, blobs: Blobs, folder: Path) -> None:
        super().__init__(folder)
        self._blobs = blobs
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes | memoryview) -> None:
        self._digest.update(data)
        self._stream.write(data)
        self.size += len(data)

    def keep(self, expected: str | None = None) -> str:
        """Make it a blob that outlives a power cut: synced, renamed into place, and the folder synced too.

        Returns: the SHA-256. Raises: HubError 400 when it is not the `expected` one.
        """
        if expected is not None and self.sha256 != expected:
            raise bad_request(f"The bytes sent have the SHA-256 {self.sha256}, not {expected}")
        target = self._blobs.path(self.sha256)
        if target.exists():
            sync_folder(target.parent)  # another upload may have moved it there just now
        else:
            self.sync()
            move_into_place(self._path, target)
        return self.sha256

    @property
    def sha256(self) -> str:
        """Of what was written up to now."""
        return self._digest.hexdigest()

    def sync(self) -> None:
        """See to it that the bytes are on the disk."""
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def move_to(self, target: Path) -> None:
        """Give it its name. Its folder is to be synced then."""
        self._path.replace(target)


def move_into_place(source: Path, target: Path) -> None:
    if not target.parent.exists():
        target.parent.mkdir(exist_ok=True)
        sync_folder(target.parent.parent)
    source.replace(target)
    sync_folder(target.parent)


def _side_by_side(work: Callable[[Item], None], items: list[Item]) -> None:
    if len(items) == 1:
        work(*items)
    else:
        list(_SYNCING.map(work, items))


def sync_folder(folder: Path) -> None:
    """A rename is only durable once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
