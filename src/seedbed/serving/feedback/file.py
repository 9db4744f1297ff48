"""Feedback events on the disk: appended whole, read back, bounded in size."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from io import FileIO
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.io.files import held
from seedbed.serving.feedback.event import FeedbackEvent, without_secrets

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


EVENTS: Final = "events"
"""Name of the folder of files, below the feedback folder and in a dataset."""

_DIGEST_BYTES = 16


@dataclass(slots=True)
class _Batch:
    """Lines that are written together, by the keys of their events."""

    lines: dict[bytes, bytes] = field(default_factory=dict)
    is_done: bool = False
    error: OSError | None = None


class FeedbackFile:
    """A feedback folder. One process at a time uses it, and appends only to files that it created, so that a copy of a file
    elsewhere is always a beginning of the file here. Events that arrive during a write are written together: a hundred senders
    wait for two writes, not for a hundred.

    An incomplete last line of a killed process is cut off: its sender got no answer.
    """

    def __init__(self, folder: Path) -> None:
        """Open a folder, and create it where it is missing.

        Raises: InputError for a folder that cannot be written or is in use, and for a file with lines that are no events.
        """
        self._lock = Lock()  # held briefly; `_disk` is held during a write, and taken first
        self._disk = Lock()
        self._open = ExitStack()
        self._events = folder / EVENTS
        self._appender = Appender(self._events)
        self._next = _Batch()
        self._under_way: dict[bytes, _Batch] = {}
        self._time, self._closed = 0.0, False
        busy = "another process keeps its feedback there. Allowed: one at a time, or another --feedback."
        self._open.enter_context(held(folder, option="--feedback", busy=busy))
        try:
            self._known, self._extents = _open_files(self._events)
        except OSError as error:
            self._open.close()
            what = f"{error.filename or self._events}: {error.strerror}"
            raise InputError(f"{what}. Allowed: a writable --feedback folder.") from error
        except InputError:
            self._open.close()
            raise

    @property
    def folder(self) -> Path:
        """Folder of the files."""
        return self._events

    def add(self, event: FeedbackEvent) -> bool:
        """Store an event. Raises: OSError when it cannot be written; then nothing of it is stored."""
        kept = without_secrets(event).model_dump(mode="json")
        key = _key(event.id)
        with self._lock:
            if self._closed:
                raise OSError(errno.EBADF, "the feedback store is closed")
            if key in self._known:
                return False
            is_new = key not in self._under_way
            if is_new:
                self._time = max(self._time, round(time.time(), 6))  # a clock set back does not change the order
                self._next.lines[key] = json.dumps({"time": self._time, **kept}, ensure_ascii=False).encode() + b"\n"
                self._under_way[key] = self._next
            batch = self._under_way[key]
        self._wait(batch)
        return is_new

    def know(self, ids: Iterable[str]) -> None:
        """Add ids of events that are stored elsewhere: when sent again, they are not new."""
        keys = [_key(event_id) for event_id in ids]
        with self._lock:
            self._known.update(keys)

    def extents(self) -> Mapping[str, Extent]:
        """Extent of each file, by its name."""
        return dict(self._extents)  # atomic in CPython, so that no caller waits for the disk

    def waiting(self) -> int:
        """0: events are not sent anywhere."""
        return 0

    def close(self) -> None:
        """Write what is left and release the lock."""
        with self._lock:
            self._closed = True
        with self._disk:
            if self._next.lines:  # a sender waits for it
                self._write(self._next)
            self._appender.close()
            self._open.close()

    def _wait(self, batch: _Batch) -> None:
        """Wait until a batch is on the disk; the first sender to wait writes it. Raises: OSError when it cannot be written."""
        with self._disk:
            if not batch.is_done:
                self._write(batch)
        if batch.error:
            raise OSError(batch.error.errno, batch.error.strerror)

    def _write(self, batch: _Batch) -> None:
        with self._lock:
            self._next = _Batch()  # later events go to a new batch
        try:
            name, extent = self._appender.append(list(batch.lines.values()))
        except OSError as error:
            batch.error = error
        with self._lock:
            batch.is_done = True
            for key in batch.lines:
                del self._under_way[key]
            if not batch.error:
                self._known.update(batch.lines)
                self._extents[name] = extent


def _open_files(events: Path) -> tuple[set[bytes], dict[str, Extent]]:
    """Keys of the existing events, and extents of the files, each cut behind its last whole line."""
    events.mkdir(exist_ok=True)
    sync_folder(events.parent)
    known: set[bytes] = set()
    extents: dict[str, Extent] = {}
    for path in sorted(events.glob("*.jsonl")):
        keys, size = _read(path)
        if size < path.stat().st_size:
            os.truncate(path, size)
        known.update(keys)
        extents[path.name] = Extent(size, len(keys))
    if not os.access(events, os.W_OK):
        raise InputError(f"{events}: cannot be written. Allowed: a writable --feedback folder.")
    return known, extents


def _read(path: Path) -> tuple[list[bytes], int]:
    """Keys of the events of a file, and its size up to the end of the last whole line."""
    keys: list[bytes] = []
    size = 0
    for number, line in enumerate(whole_lines(path), 1):
        keys.append(_key(_id(line, path, number)))
        size += len(line)
    return keys, size


def whole_lines(path: Path) -> Iterator[bytes]:
    """Lines with their line ends, without an incomplete last one."""
    with path.open("rb") as stream:
        yield from (line for line in stream if line.endswith(b"\n"))


def ids_of(path: Path) -> Iterator[str]:
    """Ids of the events in a file of another process; invalid lines are skipped."""
    for number, line in enumerate(whole_lines(path), 1):
        with suppress(InputError):
            yield _id(line, path, number)


def _id(line: bytes, path: Path, number: int) -> str:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: line {number} is no event. Allowed: files of feedback, or none.") from error


def _key(event_id: str) -> bytes:
    """A digest of an id, which saves memory."""
    return blake2b(event_id.encode(), digest_size=_DIGEST_BYTES).digest()
