"""Folder locks between processes."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seedbed.core.errors import InputError


@contextmanager
def held(folder: Path, *, option: str, busy: str) -> Iterator[None]:
    """Create a folder and lock it for the duration of the block. Processes forked inside the block share the lock.

    Args: option: the option that names the folder, for the message; busy: the message when another process has the lock.
    Raises: InputError when the folder cannot be written, or another process has the lock.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "lock").open("w")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}. Allowed: a writable {option} folder.") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{folder}: {busy}") from error
        yield


@contextmanager
def queued(folder: Path) -> Iterator[None]:
    """Create a folder and wait for its lock. The system releases the lock of a killed process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
