"""Large files that come in parts: a file for each on the disk, put together when all are there.

root/parts/<upload>/<number>    the first part is 1; a part has its name when it is whole
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from localhub.blobs import Incoming
from localhub.errors import bad_request

_UPLOAD = re.compile(r"[0-9a-f]{32}")
_COPY_BYTES = 1024 * 1024


class Parts:
    def __init__(self, root: Path) -> None:
        self._root = root / "parts"
        self._root.mkdir(parents=True, exist_ok=True)

    def new_upload(self) -> str:
        """A name that nobody guesses. Nothing is on the disk before its first part."""
        return secrets.token_hex(16)

    @contextmanager
    def incoming(self, upload: str, number: int) -> Iterator[BinaryIO]:
        """A part on its way in; it takes the place of the part of that number when the `with` ends without an error."""
        folder = self._folder(upload)
        folder.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
            Path(name).replace(folder / str(number))
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()

    def join(self, upload: str, count: int, whole: Incoming) -> None:
        """Write parts 1 to `count` to `whole`, each of them gone once it is written, so that the disk holds the file once.

        Raises: HubError 400 when a part is missing. On a full disk all parts go: some are gone already.
        """
        folder = self._folder(upload)
        missing = [number for number in range(1, count + 1) if not (folder / str(number)).is_file()]
        if missing:
            raise bad_request(f"Part {missing[0]} was not uploaded ({len(missing)} such)")
        try:
            for number in range(1, count + 1):
                _append(folder / str(number), whole)
        except OSError:
            self.discard(upload)
            raise

    def discard(self, upload: str) -> None:
        shutil.rmtree(self._folder(upload), ignore_errors=True)

    def sweep(self, seconds: int) -> int:
        """Remove uploads that no part was added to for so long that their links are dead. Returns how many."""
        oldest = time.time() - seconds
        stale = 0
        for folder in self._root.iterdir():
            with suppress(FileNotFoundError):  # an upload that ends meanwhile
                if folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)
                    stale += 1
        return stale

    def _folder(self, upload: str) -> Path:
        if not _UPLOAD.fullmatch(upload):
            raise bad_request("Not the name of an upload")
        return self._root / upload


def _append(path: Path, whole: Incoming) -> None:
    """Move the bytes of a part to the end of the file."""
    with path.open("rb") as part:
        while data := part.read(_COPY_BYTES):
            whole.write(data)
    path.unlink()
