"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomic(path: Path, data: str | bytes, *, durable: bool = True) -> None:
    """Write a file whole or not at all: a reader sees the old bytes or the new ones.

    Args: data: text is written as UTF-8; durable: wait until the bytes are on disk, so that they outlive a power cut.
    Raises: OSError from the disk; the old file is then as it was. A killed process may leave a hidden draft beside it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give an empty draft folder beside `path`, and put it in the place of `path` when the block ends.

    The draft is removed when the block raises, and by the next call when the process was killed. Until the swap the old folder
    stays as it is. One process at a time may write a folder: its callers hold a lock.
    Raises: OSError from the disk.
    """
    draft, old = (path.with_name(f".{path.name}.seedbed-{kind}") for kind in ("draft", "old"))
    _restore(old, path)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        swap_in(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def swap_in(draft: Path, path: Path) -> None:
    """Rename a finished folder to `path`, and remove the folder that was there.

    Raises: OSError from the disk.
    """
    old = path.with_name(f".{path.name}.seedbed-old")
    _restore(old, path)
    if path.exists():
        path.rename(old)
    draft.rename(path)
    shutil.rmtree(old, ignore_errors=True)


def _restore(old: Path, path: Path) -> None:
    """After a kill between the two renames of a swap the old folder gets its name back; after a whole swap it goes."""
    if old.exists() and not path.exists():
        old.rename(path)
    shutil.rmtree(old, ignore_errors=True)
