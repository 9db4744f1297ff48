"""Archives read as streams, never unpacked: nothing in them can touch the disk.

tar (plain, gz, bz2, xz, zst) and zip. A first pass looks through everything under caps, so that a broken or hostile
archive is refused before one byte of it is used; the second pass reads. Source of the caps: the recipe.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import zstandard

from seedbed.errors import ArchiveError
from seedbed.recipe import Archives
from seedbed.sources.base import SourceFile, Survey, read_file
from seedbed.sources.tars import Meter, open_tar

SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".zip", ".whl", ".jar", ".crate")
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError)
_CHUNK_BYTES = 1 << 20
_HEADER_BYTES = 4096
"""What a file in a tar may take beside its content: header, long name, padding."""


class Entry(Protocol):
    """A regular file in an archive: its name, its claimed size, and a way to its bytes."""

    name: str
    size_bytes: int

    def open(self) -> IO[bytes]: ...


class _TarEntry:
    def __init__(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        self.name, self.size_bytes = _text(member.name), member.size
        self._archive, self._member = archive, member

    def open(self) -> IO[bytes]:
        return self._archive.extractfile(self._member) or io.BytesIO()


class _ZipEntry:
    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self.name, self.size_bytes = _text(member.filename), member.file_size
        self._archive, self._member = archive, member

    def open(self) -> IO[bytes]:
        return self._archive.open(self._member)


def survey(path: Path, caps: Archives) -> Survey:
    """Read the whole archive once, under caps.

    Raises: ArchiveError when it is not an archive, is cut off, is encrypted, names a path outside itself, or is larger
    than a cap allows. Sizes are counted as read, since a header can lie.
    """
    skipped: Counter[str] = Counter()
    seen: set[str] = set()
    total = 0
    limit = _most_bytes(path, caps)
    too_large = ArchiveError(f"{path.name}: unpacks to more than {limit.bytes:,} bytes. Allowed: limits.archives.{limit.key}.")
    with _refusing(path):
        for entry in _entries(path, skipped, Meter(limit.bytes + _HEADER_BYTES * caps.max_files, too_large)):
            _refuse_escape(path, entry.name)
            if entry.name in seen:
                skipped["duplicate_name"] += 1
                continue
            seen.add(entry.name)
            if len(seen) > caps.max_files:
                raise ArchiveError(f"{path.name}: more than {caps.max_files:,} files. Allowed: limits.archives.max_files.")
            with entry.open() as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    total += len(chunk)
                    if total > limit.bytes:
                        raise too_large
    return Survey(len(seen), total, dict(sorted(skipped.items())))


def files(path: Path, max_bytes: int, *, strip_top: bool) -> Iterator[SourceFile]:
    """Regular files of a surveyed archive, the first of each name; data is None above `max_bytes`.

    With `strip_top` a single folder that holds everything is left out of the paths.
    """
    with _refusing(path):
        top = _single_top(path) if strip_top else ""
        seen: set[str] = set()
        for entry in _entries(path, Counter()):
            if entry.name in seen:
                continue
            seen.add(entry.name)
            with entry.open() as stream:
                yield read_file(_clean(entry.name).removeprefix(top), entry.size_bytes, stream, max_bytes)


def is_archive(path: Path) -> bool:
    """Whether the name is one of an archive that can be read."""
    return path.name.lower().endswith(SUFFIXES)


def stem(path: Path) -> str:
    """Name of an archive without its archive suffix."""
    lower = path.name.lower()
    suffix = max((s for s in SUFFIXES if lower.endswith(s)), key=len, default="")
    return path.name[: len(path.name) - len(suffix)] if suffix else path.name


def _entries(path: Path, skipped: Counter[str], meter: Meter | None = None) -> Iterator[Entry]:
    if zipfile.is_zipfile(path) and not path.name.lower().endswith((".tar", ".gz", ".bz2", ".xz", ".zst", ".tgz")):
        yield from _zip_entries(path, skipped)
    else:
        yield from _tar_entries(path, skipped, meter)


def _zip_entries(path: Path, skipped: Counter[str]) -> Iterator[Entry]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            if (member.external_attr >> 28) == 0xA:  # the unix mode's file type: a symbolic link
                skipped["link"] += 1
            elif member.flag_bits & 1:
                raise ArchiveError(f"{path.name}: {member.filename!r} is encrypted. Allowed: archives without a password.")
            else:
                yield _ZipEntry(archive, member)


def _tar_entries(path: Path, skipped: Counter[str], meter: Meter | None) -> Iterator[Entry]:
    with open_tar(path, meter) as archive:
        for member in archive:
            if member.isreg():
                yield _TarEntry(archive, member)
            elif member.issym() or member.islnk():
                skipped["link"] += 1
            elif not member.isdir():
                skipped["special_file"] += 1
            archive.members = []  # type: ignore[attr-defined]  # a stream needs no memory of what it passed


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn what the archive libraries raise on broken input into one clear error."""
    try:
        yield
    except _BROKEN as error:
        raise ArchiveError(f"{path.name}: broken archive: {error or type(error).__name__}.") from error
    except (RuntimeError, ValueError, OverflowError) as error:
        raise ArchiveError(f"{path.name}: cannot be read: {error}.") from error


def _refuse_escape(path: Path, name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or (len(name) > 1 and name[1] == ":") or "\0" in name:
        raise ArchiveError(f"{path.name}: {name!r} points outside the archive. Allowed: relative paths without '..'.")


class _Limit(NamedTuple):
    bytes: int
    key: str


def _most_bytes(path: Path, caps: Archives) -> _Limit:
    """What an archive may unpack to, and the cap that says so."""
    by_ratio = caps.max_ratio * max(path.stat().st_size, 1)
    return min(_Limit(caps.max_bytes, "max_bytes"), _Limit(by_ratio, "max_ratio"))


def _single_top(path: Path) -> str:
    """`name/` when one folder holds every file, else ""."""
    tops = {name.split("/", 1)[0] if "/" in name else "" for name in map(_clean, _names(path))}
    return f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""


def _names(path: Path) -> list[str]:
    return [entry.name for entry in _entries(path, Counter())]


def _clean(name: str) -> str:
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def _text(name: str) -> str:
    """Names that are no text keep their odd bytes as \\x escapes, so that they can be written down anywhere."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
