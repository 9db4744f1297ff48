"""Appends lines to files durably: they are on the disk when `append` returns."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from secrets import token_hex

_MAX_FILE_BYTES = 8_000_000
"""A file that has reached this size is not appended to: a file that has grown is uploaded again as a whole."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a file is on the disk: bytes, and events, of whole lines."""

    size: int = 0
    events: int = 0


class Appender:
    """Appends to files that this process created, in an existing folder. Not thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder
        self._file: FileIO | None = None
        self._extent = Extent()

    def append(self, lines: Sequence[bytes]) -> tuple[str, Extent]:
        """Append lines, each with its line end: all of them or none.

        Returns: the name of the file, and its extent now. Raises: OSError when they cannot be written.
        """
        file = self._current()
        rest = b"".join(lines)
        extent = Extent(self._extent.size + len(rest), self._extent.events + len(lines))
        try:
            while rest:
                rest = rest[file.write(rest) or 0 :]
            os.fsync(file.fileno())
        except OSError:
            self._cut()
            raise
        self._extent = extent
        return self._path.name, extent

    def close(self) -> None:
        """Close the current file; the next lines go to a new one."""
        if self._file:
            self._file.close()
            self._file = None

    def _current(self) -> FileIO:
        """The file to append to. Its name is unique over all processes and disks."""
        if self._file and self._extent.size < _MAX_FILE_BYTES:
            return self._file
        self.close()
        self._path = self._folder / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{token_hex(4)}.jsonl"
        file = self._path.open("xb", buffering=0)
        try:
            sync_folder(self._folder)
        except OSError:
            file.close()
            raise
        self._file, self._extent = file, Extent()
        return file

    def _cut(self) -> None:
        """Remove a part that was written; where that fails too, the next lines go to a new file."""
        try:
            if self._file:
                self._file.truncate(self._extent.size)
                self._file.seek(self._extent.size)
        except OSError:
            self.close()


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that the names of new files are durable too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
