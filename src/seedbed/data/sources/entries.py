"""What stands in a tar or zip file, one entry at a time, under names that mean the same on every system."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from seedbed.core.errors import ArchiveError
from seedbed.core.text.decoding import file_name
from seedbed.data.sources.strict_tar import Meter, open_tar

_MAX_TARGET_BYTES = 4096
"""Longest path a symbolic link may hold; of a longer one the rest is cut off."""


@dataclass(frozen=True, slots=True)
class Entry:
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


def read_entries(path: Path, skipped: Counter[str], meter: Meter | None = None) -> Iterator[Entry]:
    """Regular files and links of an archive, in its order; what is neither is counted in `skipped`.

    Raises: ArchiveError for a name that leads outside, and for an encrypted file.
    """
    if zipfile.is_zipfile(path) and not path.name.lower().endswith((".tar", ".gz", ".bz2", ".xz", ".zst", ".tgz")):
        yield from _zip_entries(path)
    else:
        yield from _tar_entries(path, skipped, meter)


def _zip_entries(path: Path) -> Iterator[Entry]:
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
                    yield Entry(name, target=stream.read(_MAX_TARGET_BYTES).decode("utf-8", "backslashreplace"))
            else:
                yield Entry(name, member.file_size, archive=archive, member=member)


def _tar_entries(path: Path, skipped: Counter[str], meter: Meter | None) -> Iterator[Entry]:
    with open_tar(path, meter) as archive:
        for member in archive:
            name = _safe(path, member.name)
            if member.isreg():
                yield Entry(name, member.size, archive=archive, member=member)
            elif member.issym():
                yield Entry(name, target=file_name(member.linkname))
            elif member.islnk():
                yield Entry(name, same_as=file_name(_clean(member.linkname)))
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
