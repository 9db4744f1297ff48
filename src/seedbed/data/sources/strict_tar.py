"""Tar files read strictly: what is cut off, damaged or swollen is an error, where Python's tarfile stops in silence."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import zstandard

_MAX_META_BYTES = 1 << 20
"""Most bytes of a long name or of pax headers: tarfile holds them in memory before anybody sees them."""


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
    """What a tar may still unpack to, headers and members of unknown kinds included, and the error beyond that."""

    left_bytes: int
    error: Exception

    def count(self, size_bytes: int) -> None:
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
    """A tar file, plain or compressed by gzip, bzip2, xz or zstd (told by its first bytes), to be read in one go.

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
