"""Events in local JSONL, a line each, on the disk before anybody is told so."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.io.locks import held
from seedbed.serving.feedback.append import Appender, Extent, sync_folder
from seedbed.serving.feedback.event import FeedbackEvent, without_secrets

EVENTS: Final = "events"
"""Folder of the files, below the one that is named, and in a repository."""

_DIGEST_BYTES = 16


@dataclass(slots=True)
class _Batch:
    """Lines by the keys of their events, that go to the disk together."""

    lines: dict[bytes, bytes] = field(default_factory=dict)
    is_done: bool = False
    error: OSError | None = None


class FeedbackFile:
    """One process at a time appends, to files that it began: those of others are never written again, so that a copy elsewhere
    is always a beginning of the file here. What comes while the disk is busy goes there together: a hundred senders wait for two
    writes, not for a hundred.

    What a killed process left of a line is cut off: nobody was told that it is kept.
    """

    def __init__(self, folder: Path) -> None:
        """Open a folder, and make it where it is not there.

        Raises: InputError for one that cannot be written or that another process serves, and for a file that has no events.
        """
        self._lock = Lock()  # held for moments only; `_disk` for as long as a write takes, and taken first
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
            self._known, self._extents = _opened(self._events)
        except OSError as error:
            self._open.close()
            what = f"{error.filename or self._events}: {error.strerror}"
            raise InputError(f"{what}. Allowed: a writable --feedback folder.") from error
        except InputError:
            self._open.close()
            raise

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self._events

    def add(self, event: FeedbackEvent) -> bool:
        """Keep an event. Raises: OSError when it cannot be; then nothing of it is."""
        kept = without_secrets(event).model_dump(mode="json")
        key = _key(event.id)
        with self._lock:
            if self._closed:
                raise OSError(errno.EBADF, "the place for feedback is closed")
            if key in self._known:
                return False
            is_new = key not in self._under_way
            if is_new:
                self._time = max(self._time, round(time.time(), 3))  # a clock that is set back does not turn events around
                self._next.lines[key] = json.dumps({"time": self._time, **kept}, ensure_ascii=False).encode() + b"\n"
                self._under_way[key] = self._next
            batch = self._under_way[key]
        self._wait(batch)
        return is_new

    def know(self, ids: Iterable[str]) -> None:
        """Ids of events that are kept elsewhere: sent again, they are not new."""
        keys = [_key(event_id) for event_id in ids]
        with self._lock:
            self._known.update(keys)

    def extents(self) -> Mapping[str, Extent]:
        """What each file holds that is kept for good, by its name."""
        return dict(self._extents)  # one step of the interpreter: nobody waits here for a disk

    def waiting(self) -> int:
        """None: events go no further."""
        return 0

    def close(self) -> None:
        """Let another process write."""
        with self._lock:
            self._closed = True
        with self._disk:
            if self._next.lines:  # somebody waits for it, who would come too late
                self._write(self._next)
            self._appender.close()
            self._open.close()

    def _wait(self, batch: _Batch) -> None:
        """Until a batch is on the disk; whoever comes first brings it there. Raises: OSError when it cannot be."""
        with self._disk:
            if not batch.is_done:
                self._write(batch)
        if batch.error:
            raise OSError(batch.error.errno, batch.error.strerror)

    def _write(self, batch: _Batch) -> None:
        with self._lock:
            self._next = _Batch()  # nothing is added to this one any more
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


def _opened(events: Path) -> tuple[set[bytes], dict[str, Extent]]:
    """Digests of the events that are there, and the files, each without what comes after its last whole line."""
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
    """Digests of the events of a file, and bytes up to the end of its last whole line."""
    keys: list[bytes] = []
    size = 0
    for number, line in enumerate(whole_lines(path), 1):
        keys.append(_key(_id(line, path, number)))
        size += len(line)
    return keys, size


def whole_lines(path: Path) -> Iterator[bytes]:
    """Lines with their ends; what comes after the last of those was never said to be kept."""
    with path.open("rb") as stream:
        yield from (line for line in stream if line.endswith(b"\n"))


def ids_of(path: Path) -> Iterator[str]:
    """Ids of the events of a file that another process kept; a line that is none is passed over."""
    for number, line in enumerate(whole_lines(path), 1):
        with suppress(InputError):
            yield _id(line, path, number)


def _id(line: bytes, path: Path, number: int) -> str:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{path}: line {number} is no event. Allowed: files of feedback, or none.") from error


def _key(event_id: str) -> bytes:
    """Ids of any length in little memory."""
    return blake2b(event_id.encode(), digest_size=_DIGEST_BYTES).digest()
