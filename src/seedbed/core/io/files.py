"""Files: written whole or not at all, hashed, and locked against other processes."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from seedbed.core.errors import InputError


def cache_folder() -> Path:
    """Folder of what is kept between runs: $SEEDBED_CACHE, else `seedbed` in the user's cache folder.

    Raises: RuntimeError for a user without a home, as in containers.
    """
    base = os.environ.get("SEEDBED_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "seedbed")
    return Path(base).expanduser()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_sha256(paths: Iterable[Path]) -> str:
    """One hash of several files, by their names and bytes, in any order; "" for no file."""
    hashes = sorted(f"{path.name}\0{file_sha256(path)}" for path in paths)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest() if hashes else ""


def model_sha256(folder: Path) -> str:
    """One hash of the weights and the tokenizer of a transformers folder, which decide its output; "" if it has neither."""
    return files_sha256([*folder.glob("*.safetensors"), *folder.glob("tokenizer.json")])


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
