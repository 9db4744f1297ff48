"""Entries of tar and zip files, under names that mean the same on every system.

Tar files are read strictly: what is cut off, damaged or swollen is an error, where Python's tarfile stops in silence.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import zstandard

from seedbed.core.errors import ArchiveError
from seedbed.core.text.decoding import file_name

_MAX_META_BYTES = 1 << 20
"""Most bytes of a long name or of pax headers: tarfile holds them in memory."""
_MAX_TARGET_BYTES = 4096
"""Longest path a symbolic link may hold; of a longer one the rest is cut off."""


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A regular file or a link: its name, its claimed size, and where its bytes are.

    `target` is a symbolic link's, `same_as` the name of the earlier entry whose file a hard link is.
    """

    name: str
    size_bytes: int = 0
    target: str | None = None
    same_as: str | None = None
    archive: tarfile.TarFile | zipfile.ZipFile | None = None
    member: tarfile.TarInfo | zipfile.ZipInfo | None = None

    def open(self) -> IO[bytes]:
        """The bytes of a regular file."""
        if isinstance(self.archive, zipfile.ZipFile) and isinstance(self.member, zipfile.ZipInfo):
            return self.archive.open(self.member)
        if isinstance(self.archive, tarfile.TarFile) and isinstance(self.member, tarfile.TarInfo):
            return self.archive.extractfile(self.member) or io.BytesIO()
        return io.BytesIO()


def read_entries(path: Path, skipped: Counter[str], meter: Meter | None = None) -> Iterator[ArchiveEntry]:
    """Regular files and links of an archive, in its order; what is neither is counted in `skipped`.

    Raises: ArchiveError for a name that leads outside, and for an encrypted file.
    """
    if zipfile.is_zipfile(path) and not path.name.lower().endswith((".tar", ".gz", ".bz2", ".xz", ".zst", ".tgz")):
        yield from _zip_entries(path)
    else:
        yield from _tar_entries(path, skipped, meter)


def _zip_entries(path: Path) -> Iterator[ArchiveEntry]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            raw = member.filename.replace("\\", "/")  # some tools of Windows write what the format forbids
            name = _safe(path, raw)
            if raw.endswith("/"):
                continue
            if member.flag_bits & 1:
                raise ArchiveError(f"{path.name}: {member.filename!r} is encrypted. Allowed: archives without a password.")
            if (member.external_attr >> 28) == 0xA:  # the unix mode's file type: a symbolic link
                with archive.open(member) as stream:
                    yield ArchiveEntry(name, target=stream.read(_MAX_TARGET_BYTES).decode("utf-8", "backslashreplace"))
            else:
                yield ArchiveEntry(name, member.file_size, archive=archive, member=member)


def _tar_entries(path: Path, skipped: Counter[str], meter: Meter | None) -> Iterator[ArchiveEntry]:
    with open_tar(path, meter) as archive:
        for member in archive:
            name = _safe(path, member.name)
            if member.isreg():
                yield ArchiveEntry(name, member.size, archive=archive, member=member)
            elif member.issym():
                yield ArchiveEntry(name, target=file_name(member.linkname))
            elif member.islnk():
                yield ArchiveEntry(name, same_as=file_name(_clean(member.linkname)))
            elif not member.isdir():
                skipped["special_file"] += 1
            archive.members = []  # type: ignore[attr-defined]  # a stream needs no memory of what it passed


def _safe(path: Path, name: str) -> str:
    """The name as unpacking would use it. Raises: ArchiveError when it leads outside."""
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or (len(name) > 1 and name[1] == ":") or "\0" in name:
        raise ArchiveError(f"{path.name}: {name!r} points outside the archive. Allowed: relative paths without '..'.")
    return file_name(_clean(name))


def _clean(name: str) -> str:
    return "/".join(part for part in name.split("/") if part not in ("", "."))


class _StrictInfo(tarfile.TarInfo):
    """A header that is broken or missing is an error wherever it stands, not the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> Self:
        at = tarfile_.fileobj.tell() if tarfile_.fileobj else 0
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # the block of zeros with which an archive ends
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"{error} at byte {at:,}") from error

    def _proc_member(self, tarfile_: tarfile.TarFile) -> Self:
        """The hook for kinds of headers; long names and pax headers are read whole."""
        is_meta = self.type in (*tarfile.GNU_TYPES, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
        if is_meta and self.type != tarfile.GNUTYPE_SPARSE and self.size > _MAX_META_BYTES:
            raise tarfile.ReadError(f"a header of {self.size:,} bytes. Allowed: {_MAX_META_BYTES:,}")
        made: Self = super()._proc_member(tarfile_)  # type: ignore[misc]
        return made


@dataclass
class Meter:
    """Bytes that an archive may still unpack to, headers and members of unknown kinds included, and the error beyond."""

    left_bytes: int
    error: Exception

    def count(self, size_bytes: int) -> None:
        """Subtract bytes. Raises: the meter's error when none are left."""
        self.left_bytes -= size_bytes
        if self.left_bytes < 0:
            raise self.error


class _Metered(io.RawIOBase):
    def __init__(self, stream: IO[bytes], meter: Meter | None) -> None:
        super().__init__()
        self._stream, self._meter = stream, meter

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        if self._meter:
            self._meter.count(len(data))
        return data


@contextmanager
def open_tar(path: Path, meter: Meter | None = None) -> Iterator[tarfile.TarFile]:
    """A tar file, plain or compressed by gzip, bzip2, xz or zstd (by its first bytes), to be read in one pass.

    Args: meter: None for a tar that was read before.
    Raises, here and while it is read: tarfile.TarError, and what the decompressors raise on broken input.
    """
    with path.open("rb") as raw, closing(_decompressed(raw)) as stream:
        metered: IO[bytes] = _Metered(stream, meter)  # type: ignore[assignment]
        with tarfile.open(fileobj=metered, mode="r|", tarinfo=_StrictInfo) as archive:
            yield archive
        while metered.read(1 << 20):  # checksums stand behind the last byte
            pass


def _decompressed(raw: IO[bytes]) -> IO[bytes]:
    head = raw.read(6)
    raw.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.open(raw)  # type: ignore[return-value]
    if head.startswith(b"BZh"):
        return bz2.BZ2File(raw)
    if head.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMAFile(raw)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return raw
