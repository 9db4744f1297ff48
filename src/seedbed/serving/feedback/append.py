"""Lines at the end of files, on the disk before anybody is told so."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from secrets import token_hex

_MOST_BYTES = 8_000_000
"""Of a file, give or take a batch: all of it is sent again when it has grown."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a file is kept for good: whole lines."""

    size: int = 0
    events: int = 0


class Appender:
    """Files that one process began, in a folder that is there. Not for two threads at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder
        self._file: FileIO | None = None
        self._extent = Extent()

    def append(self, lines: Sequence[bytes]) -> tuple[str, Extent]:
        """Keep lines, each with its end, or none of them.

        Returns: the name of the file that they are in, and what it holds now. Raises: OSError when they cannot be kept.
        """
        file = self._current()
        left = b"".join(lines)
        extent = Extent(self._extent.size + len(left), self._extent.events + len(lines))
        try:
            while left:
                left = left[file.write(left) or 0 :]
            os.fsync(file.fileno())
        except OSError:
            self._cut()
            raise
        self._extent = extent
        return self._path.name, extent

    def close(self) -> None:
        """Begin another file when something comes again."""
        if self._file:
            self._file.close()
            self._file = None

    def _current(self) -> FileIO:
        """A file whose name no other process chooses, on this disk or on another."""
        if self._file and self._extent.size < _MOST_BYTES:
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
        """Take away what is not kept; where that fails too, what comes next goes to another file."""
        try:
            if self._file:
                self._file.truncate(self._extent.size)
                self._file.seek(self._extent.size)
        except OSError:
            self.close()


def sync_folder(folder: Path) -> None:
    """A file that was made just now has a name that must last too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
