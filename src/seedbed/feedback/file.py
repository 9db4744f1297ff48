"""Events in a local JSONL, a line each, on the disk before anybody is told so."""

from __future__ import annotations

import json
import os
import time
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from seedbed.errors import InputError
from seedbed.feedback.event import FeedbackEvent, without_secrets
from seedbed.locks import held

FILE = "events.jsonl"
_DIGEST_BYTES = 16


class FeedbackFile:
    """One process at a time appends. What a killed process left of a line is cut off: nobody was told that it is kept."""

    def __init__(self, folder: Path) -> None:
        """Open it, and make it where it is not there.

        Raises: InputError for a folder that cannot be written or that another process serves, and for a file that is none.
        """
        self._lock = Lock()
        self._open = ExitStack()
        busy = "another `seedbed serve` writes there. Allowed: one at a time, or another --feedback."
        self._open.enter_context(held(folder, option="--feedback", busy=busy))
        path = folder / FILE
        try:
            self._file = self._open.enter_context(path.open("a+b", buffering=0))
            self._known, self._size = _read(path)
            self._file.truncate(self._size)
            _sync_folder(folder)
        except InputError:
            self._open.close()
            raise
        except OSError as error:
            self._open.close()
            raise InputError(f"{path}: {error.strerror}. Allowed: a writable --feedback folder.") from error

    def add(self, event: FeedbackEvent) -> bool:
        """Keep an event. Raises: OSError when it cannot be; then nothing of it is."""
        line = _line(event)
        with self._lock:
            key = _key(event.id)
            if key in self._known:
                return False
            self._append(line)
            self._known.add(key)
            return True

    def close(self) -> None:
        """Let another process write."""
        self._open.close()

    def _append(self, line: bytes) -> None:
        try:
            left = line
            while left:
                left = left[self._file.write(left) or 0 :]
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(self._size)
            raise
        self._size += len(line)


def _line(event: FeedbackEvent) -> bytes:
    kept = without_secrets(event).model_dump(mode="json")
    return json.dumps({"time": round(time.time(), 3), **kept}, ensure_ascii=False).encode() + b"\n"


def _read(path: Path) -> tuple[set[bytes], int]:
    """Digests of the events that are there, and bytes up to the end of the last whole line."""
    known: set[bytes] = set()
    size = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                break
            known.add(_key(_id(line, path, number)))
            size += len(line)
    return known, size


def _id(line: bytes, path: Path, number: int) -> str:
    try:
        return str(json.loads(line)["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: line {number} is no event. Allowed: a file of `seedbed serve`, or none.") from error


def _key(event_id: str) -> bytes:
    """Ids of any length in little memory."""
    return blake2b(event_id.encode(), digest_size=_DIGEST_BYTES).digest()


def _sync_folder(folder: Path) -> None:
    """A file that was made just now has a name that must last too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
