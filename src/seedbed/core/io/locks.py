"""One process at a time in a folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seedbed.core.errors import InputError


@contextmanager
def held(folder: Path, *, option: str, busy: str) -> Iterator[None]:
    """Make a folder and hold it for as long as this lasts. Processes that are forked meanwhile hold it too.

    Args: option: what names the folder on the command line; busy: what to say when somebody else holds it.
    Raises: InputError when the folder cannot be written, or is held.
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
    """Make a folder, and wait for one's turn in it; a process that was killed leaves no lock behind."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
