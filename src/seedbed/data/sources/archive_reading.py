"""Archives read as streams, never unpacked: nothing in them can touch the disk.

tar (plain, gz, bz2, xz, zst) and zip. A first pass looks through everything under caps, so that a broken or hostile
archive is refused before one byte of it is used; the second pass reads. Source of the caps: the recipe.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import zstandard

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import ArchiveError
from seedbed.data.sources.archive_entries import ArchiveEntry, Meter, read_entries
from seedbed.data.sources.base import SourceFile, Survey, read_file

SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".zip", ".whl", ".jar", ".crate")
_BROKEN = (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError)
_CHUNK_BYTES = 1 << 20
_HEADER_BYTES = 4096
"""What a file in a tar may take beside its content: header, long name, padding."""


def survey(path: Path, caps: Archives) -> Survey:
    """Read the whole archive once, under caps.

    Raises: ArchiveError when it is not an archive, is cut off, is encrypted, names a path outside itself or below a link,
    or is larger than a cap allows. Sizes are counted as read, since a header can lie.
    """
    skipped: Counter[str] = Counter()
    limit = _most_bytes(path, caps)
    too_large = ArchiveError(f"{path.name}: unpacks to more than {limit.bytes:,} bytes. Allowed: limits.archives.{limit.key}.")
    unpacked = _Unpacked(Meter(limit.bytes, too_large))
    with _refusing(path):
        for entry in read_entries(path, skipped, Meter(limit.bytes + _HEADER_BYTES * caps.max_files, too_large)):
            unpacked.add(entry)
            if len(unpacked.sizes) + len(unpacked.links) > caps.max_files:
                raise ArchiveError(f"{path.name}: more than {caps.max_files:,} files. Allowed: limits.archives.max_files.")
    _refuse_below_links(path, unpacked)
    skipped.update(duplicate_name=unpacked.replaced, link=len(unpacked.links))
    top = _single_top([*unpacked.sizes, *unpacked.links])
    links = {name.removeprefix(top): target for name, target in sorted(unpacked.links.items())}
    return Survey(len(unpacked.sizes), sum(unpacked.sizes.values()), dict(sorted((+skipped).items())), links)


def files(path: Path, max_bytes: int, *, strip_top: bool) -> Iterator[SourceFile]:
    """Regular files of a surveyed archive, of several of one name the last; data is None above `max_bytes`.

    A hard link is the file that it links to. With `strip_top` a single folder that holds everything is left out of the
    paths.
    """
    with _refusing(path):
        outline = _outline(path)
        top = _single_top([*outline.last, *outline.links]) if strip_top else ""
        for number, file in _read_all(path, max_bytes, outline.linked):
            if outline.last.get(file.path) == number:
                yield replace(file, path=file.path.removeprefix(top))


def is_archive(path: Path) -> bool:
    """Whether the name is one of an archive that can be read."""
    return path.name.lower().endswith(SUFFIXES)


def stem(path: Path) -> str:
    """Name of an archive without its archive suffix."""
    lower = path.name.lower()
    suffix = max((s for s in SUFFIXES if lower.endswith(s)), key=len, default="")
    return path.name[: len(path.name) - len(suffix)] if suffix else path.name


@dataclass
class _Unpacked:
    """The result of unpacking every entry in order: sizes of files, targets of links, number of names given again."""

    meter: Meter
    sizes: dict[str, int] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    replaced: int = 0

    def add(self, entry: ArchiveEntry) -> None:
        """Unpack one more entry, without writing it."""
        linked = self.sizes.get(entry.same_as) if entry.same_as is not None else None
        self.replaced += self.sizes.pop(entry.name, None) is not None
        self.replaced += self.links.pop(entry.name, None) is not None
        if entry.target is not None:
            self.links[entry.name] = entry.target
        elif entry.same_as is not None and linked is None:
            self.links[entry.name] = f"/{entry.same_as}"  # to nothing that came before: it leads nowhere
        elif entry.same_as is not None and linked is not None:
            self.meter.count(linked)
            self.sizes[entry.name] = linked
        else:
            self.sizes[entry.name] = self._read(entry)

    def _read(self, entry: ArchiveEntry) -> int:
        size = 0
        with entry.open() as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                self.meter.count(len(chunk))
                size += len(chunk)
        return size


@dataclass
class _Outline:
    """Number of the last entry of each regular file's name, names of links, and names that hard links refer to."""

    last: dict[str, int] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)


def _outline(path: Path) -> _Outline:
    outline = _Outline()
    for number, entry in enumerate(read_entries(path, Counter())):
        is_file = entry.target is None and (entry.same_as is None or entry.same_as in outline.last)
        outline.last.pop(entry.name, None)
        outline.links.discard(entry.name)
        if is_file:
            outline.last[entry.name] = number
        else:
            outline.links.add(entry.name)
        if entry.same_as is not None:
            outline.linked.add(entry.same_as)
    return outline


def _read_all(path: Path, max_bytes: int, linked: set[str]) -> Iterator[tuple[int, SourceFile]]:
    """Every regular file with its number among the entries; those that hard links refer to are kept in memory."""
    kept: dict[str, SourceFile] = {}
    for number, entry in enumerate(read_entries(path, Counter())):
        file = kept.get(entry.same_as) if entry.same_as is not None else None
        if entry.target is None and entry.same_as is None:
            with entry.open() as stream:
                file = read_file(entry.name, entry.size_bytes, stream, max_bytes)
        kept.pop(entry.name, None)
        if file is not None:
            file = replace(file, path=entry.name)
            if entry.name in linked:
                kept[entry.name] = file
            yield number, file


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn what the archive libraries raise on broken input into one clear error."""
    try:
        yield
    except _BROKEN as error:
        raise ArchiveError(f"{path.name}: broken archive: {error or type(error).__name__}.") from error
    except (RuntimeError, ValueError, OverflowError) as error:
        raise ArchiveError(f"{path.name}: cannot be read: {error}.") from error


def _refuse_below_links(path: Path, unpacked: _Unpacked) -> None:
    """Unpacking would write such a file wherever the link leads."""
    for name in unpacked.sizes:
        parts = name.split("/")
        if any("/".join(parts[:depth]) in unpacked.links for depth in range(1, len(parts))):
            raise ArchiveError(f"{path.name}: {name!r} lies below a link. Allowed: files below folders.")


class _Limit(NamedTuple):
    bytes: int
    key: str


def _most_bytes(path: Path, caps: Archives) -> _Limit:
    """Bytes that an archive may unpack to, and the cap that sets them."""
    by_ratio = caps.max_ratio * max(path.stat().st_size, 1)
    return min(_Limit(caps.max_bytes, "max_bytes"), _Limit(by_ratio, "max_ratio"))


def _single_top(names: Iterable[str]) -> str:
    """`name/` when one folder holds every file, else ""."""
    tops = {name.split("/", 1)[0] if "/" in name else "" for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""
