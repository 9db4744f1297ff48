"""Findings of texts, kept on disk between runs of `seedbed inspect`: the same header or license text is scanned once.

Rules: docs/method/licenses.md (Cost). An entry is a file named by the digest of its text, below a folder named by everything
else that decides the findings. It carries a checksum: what is damaged is not read, and costs the time of a scan. Entries are
replaced whole, so threads, processes and a killed writer leave either the old entry, the new one or none.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from threading import get_ident
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

FORMAT = 2
"""Of an entry; another number makes every entry written before unreadable."""

MAX_ENTRIES = 20_480
"""Kept under one key, about 80 to a subfolder; of a full subfolder the entries written first go."""

MAX_BYTES = 200_000
"""Larger entries are not kept."""

_SUBFOLDERS = 256
_KEYS_KEPT = 3
_DIGEST = 16
_PACKAGES = ("scancode-toolkit", "license-expression", "boolean.py", "packaging")

T = TypeVar("T")


def is_private(folder: Path) -> bool:
    """Whether a folder belongs to this user and nobody else may write to it; others could put findings there."""
    try:
        facts = folder.stat()
    except OSError:
        return False
    return facts.st_uid == os.getuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


class FindingsCache:
    """Entries below a folder. Every failure of the disk is a miss: the cache only saves time.

    Args: folder: of everything that Seedbed keeps; key: digest of everything but the text that decides findings.
    """

    def __init__(self, folder: Path, key: str, max_entries: int = MAX_ENTRIES) -> None:
        self._full = max_entries // _SUBFOLDERS
        self._folder = folder / "licenses" / "findings" / key
        self._index = folder / "licenses" / "index" / _index_key()
        self._is_open: bool | None = None

    def get(self, kind: str, text: bytes, shape: type[T]) -> T | None:
        """Findings of a text of this kind, as a value of this type; None where there is no sound entry."""
        try:
            stored = self.is_usable and self._place(kind, text).read_bytes()
        except OSError:
            return None
        return _decoded(stored, shape) if stored else None

    def put(self, kind: str, text: bytes, findings: object) -> None:
        """Keep the findings of a text."""
        data = _encoded(findings)
        if len(data) > MAX_BYTES or not self.is_usable:
            return
        place = self._place(kind, text)
        draft = place.with_name(f".{place.name}.{os.getpid()}.{get_ident()}")
        try:
            place.parent.mkdir(exist_ok=True)
            _make_room(place.parent, self._full)
            draft.write_bytes(data)
            draft.replace(place)
        except OSError:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    @property
    def index(self) -> Path | None:
        """Where scancode's index is kept in compact form; None where the cache cannot be used."""
        try:
            if not self.is_usable or not _make_private(self._index.parent, 2):
                return None
            _forget_old_keys(self._index.parent)
        except OSError:
            return None
        return self._index

    def _place(self, kind: str, text: bytes) -> Path:
        name = blake2b(b"%b\0%b" % (kind.encode(), text), digest_size=_DIGEST).hexdigest()
        return self._folder / name[:2] / name[2:]

    @property
    def is_usable(self) -> bool:
        """Whether the folder can be written by this user, and by nobody else; made when it is first asked for."""
        if self._is_open is None:
            try:
                self._is_open = _make_private(self._folder, 3)
                os.utime(self._folder)  # the key that was used last
                _forget_old_keys(self._folder.parent)
            except OSError:
                self._is_open = False
        return self._is_open


_in_use: list[FindingsCache] = []


@contextmanager
def remembering(cache: FindingsCache) -> Iterator[None]:
    """Use a cache in all threads while the block runs. Without one nothing is read from disk, as in the building of datasets."""
    _in_use.append(cache)
    try:
        yield
    finally:
        _in_use.remove(cache)


def remembered(kind: str, text: bytes, shape: type[T], find: Callable[[], T]) -> T:
    """The findings that the cache in use has for a text of this kind, else those of `find`, which are kept.

    Args: shape: type of the findings; made of dataclasses, tuples, enums and plain values.
    """
    if not _in_use:
        return find()
    store = _in_use[-1]
    known = store.get(kind, text, shape)
    if known is None:
        known = find()
        store.put(kind, text, known)
    return known


def index_folder() -> Path | None:
    """Where the cache in use keeps scancode's index in compact form; None without a cache, and where it cannot be written."""
    return _in_use[-1].index if _in_use else None


def _make_private(folder: Path, above: int) -> bool:
    """Make the folder and so many above it. Returns: whether all of them are private. Raises: OSError."""
    ours = (*reversed(folder.parents[:above]), folder)
    ours[0].parent.mkdir(parents=True, exist_ok=True)
    for each in ours:
        each.mkdir(mode=0o700, exist_ok=True)
    return all(map(is_private, ours))


def _make_room(folder: Path, full: int) -> None:
    """Remove the older half of the entries of a full subfolder. Raises: OSError."""
    entries = list(os.scandir(folder))
    if len(entries) >= full:
        entries.sort(key=_written)
        for entry in entries[: len(entries) // 2]:
            Path(entry.path).unlink(missing_ok=True)


def _written(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_mtime_ns
    except OSError:  # another process removed it
        return 0


def _forget_old_keys(folder: Path) -> None:
    """Remove what is kept under all but the keys used last. Raises: OSError."""
    used = sorted((entry for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith(".")), key=_written)
    for entry in used[:-_KEYS_KEPT]:
        shutil.rmtree(entry.path, ignore_errors=True)


def _encoded(findings: object) -> bytes:
    payload = json.dumps(_plain(findings), separators=(",", ":")).encode()
    return _checksum(payload) + payload


def _checksum(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=_DIGEST, person=b"seedbed findings").digest()


def _decoded(stored: bytes, shape: type[T]) -> T | None:
    checksum, payload = stored[:_DIGEST], stored[_DIGEST:]
    if _checksum(payload) != checksum:
        return None
    try:
        findings: T = _revived(shape, json.loads(payload))
        return findings
    except (ValueError, TypeError, KeyError):
        return None


def _plain(value: Any) -> Any:
    """Dataclasses as lists of their fields, enums as their names; everything else as JSON has it."""
    if is_dataclass(value):
        return [_plain(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _revived(kind: Any, value: Any) -> Any:
    """The value of this type that `_plain` gave. Raises: ValueError, TypeError or KeyError where it has another form."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind[value]
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(*(_revived(each, part) for each, part in zip(_types(kind), value, strict=True)))
    choices = get_args(kind)
    if get_origin(kind) is Literal:
        return choices[choices.index(value)]
    if get_origin(kind) is tuple:
        kinds = [choices[0]] * len(value) if choices[1:] == (...,) else choices
        return tuple(_revived(each, part) for each, part in zip(kinds, value, strict=True))
    if NoneType in choices:
        return None if value is None else _revived(next(each for each in choices if each is not NoneType), value)
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind}")
    return value


@cache
def _types(kind: type) -> tuple[Any, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[each.name] for each in fields(kind))


def key(code: Iterable[Path] | None = None, index: Path | None = None) -> str:
    """Digest of what decides the findings of a text: this code, its packages, Python, scancode's index, and the format.

    Args: code: modules and word lists, everything that `seedbed.data` can import by default; index: scancode's, by default
    that of the installation. Its size and time of writing stand for its 400 MB.
    """
    return _digest(_own_code() if code is None else sorted(code), _identity(index or index_file()))


def _index_key() -> str:
    """Digest of what decides the files of the compact index."""
    modules = (Path(__file__).with_name(f"{name}.py") for name in ("compact_index", "rule_strings", "candidates"))
    return _digest(modules, _identity(index_file()))


def _digest(files: Iterable[Path], *parts: object) -> str:
    digest = blake2b(digest_size=_DIGEST)
    for part in (FORMAT, sys.version_info[:3], *map(_version, _PACKAGES), *parts):
        digest.update(f"{part}\0".encode())
    for file in files:
        digest.update(f"{file.name}\0".encode() + blake2b(file.read_bytes()).digest())
    return digest.hexdigest()


def _own_code() -> list[Path]:
    root = Path(__file__).parents[3]
    return sorted(file for part in ("core", "data") for file in (root / part).rglob("*") if file.suffix in {".py", ".txt"})


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def index_file() -> Path:
    """Where scancode keeps its index."""
    named = os.environ.get("SCANCODE_LICENSE_INDEX_CACHE")
    spec = find_spec("licensedcode")
    folder = Path(named) if named else Path(spec.origin if spec and spec.origin else "").parent / "data" / "cache"
    return folder / "license_index" / "index_cache"


def _identity(file: Path) -> tuple[str, int, int]:
    try:
        facts = file.stat()
    except OSError:
        return "no index", 0, 0
    return str(file), facts.st_size, facts.st_mtime_ns
