"""`archive: path`: an archive or a folder on this machine, for local and air-gapped use."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Self

from packageurl import PackageURL
from pydantic import model_validator

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import HashError, SourceError
from seedbed.core.io.files import file_sha256
from seedbed.core.text.decoding import file_name
from seedbed.data.sources import archive_reading
from seedbed.data.sources.base import (
    Address,
    Day,
    Fetched,
    Name,
    Progress,
    Sha256,
    Source,
    SourceFile,
    Survey,
    local_path,
    read_file,
    survey_sizes,
)

_HASHED_BYTES = 1 << 30
"""A larger file is never a sample; its size alone stands for it in a folder's version."""

_REPOSITORY_FOLDERS = {".git", ".hg", ".svn", ".bzr"}


class ArchiveSource(Source):
    """A tar or zip file, or a folder; relative paths start at the recipe's folder."""

    kind: ClassVar[str] = "archive"
    archive: Address
    sha256: Sha256 | None = None
    name: Name | None = None
    version: str | None = None
    released: Day | None = None

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if not self.name and self._own_name in ("", "..", "~"):
            raise ValueError(f"{self.archive!r} has no name of its own. Allowed: with the key `name`")
        return self

    @property
    def _own_name(self) -> str:
        return archive_reading.stem(Path(os.path.normpath(self.archive)))

    @property
    def project(self) -> str:
        return PackageURL("generic", name=self.name or self._own_name).to_string()

    def fetch(self, cache: Path, folder: Path, progress: Progress) -> Fetched:
        """Find and check the archive or folder. Raises: SourceError, HashError."""
        path = local_path(folder, self.archive)
        if path.is_dir():
            return self._folder(path)
        if not path.is_file():
            raise SourceError(f"archive: {self.archive}: no such file or folder. Relative paths start at the recipe.")
        if not archive_reading.is_archive(path):
            raise SourceError(
                f"archive: {self.archive}: not an archive. Allowed: {', '.join(archive_reading.SUFFIXES)}, or a folder."
            )
        sha256 = file_sha256(path)
        if self.sha256 and sha256 != self.sha256:
            raise HashError(f"archive: {self.archive}: sha256 is {sha256}, the recipe pins {self.sha256}.")
        return Fetched(path, path.stat().st_size, sha256, self.version or sha256[:12], self.released)

    def survey(self, fetched: Fetched, caps: Archives) -> Survey:
        if fetched.path.is_dir():
            return _survey_folder(fetched.path, caps)
        return archive_reading.survey(fetched.path, caps)

    def files(self, fetched: Fetched, max_bytes: int) -> Iterator[SourceFile]:
        if fetched.path.is_dir():
            return folder_files(fetched.path, max_bytes)
        return archive_reading.files(fetched.path, max_bytes, strip_top=True)

    def _folder(self, path: Path) -> Fetched:
        """A folder has no hash of its own: its version is one over the paths and bytes of its files."""
        if self.sha256:
            raise SourceError(f"archive: {self.archive}: a folder has no sha256. Allowed: leave the key out.")
        if path.resolve() == Path(path.resolve().anchor):
            raise SourceError(f"archive: {self.archive}: the whole disk. Allowed: a folder below it.")
        digest = hashlib.sha256()
        size = 0
        links: dict[str, str] = {}
        for name, file in _regular(path, Counter(), links):
            size_bytes = file.stat().st_size
            data = file_sha256(file) if size_bytes <= _HASHED_BYTES else str(size_bytes)
            size += size_bytes
            digest.update(f"{name}\0{data}\n".encode("utf-8", "surrogateescape"))
        for name, target in sorted(links.items()):
            digest.update(f"{name}\0\0{target}\n".encode("utf-8", "surrogateescape"))
        sha256 = digest.hexdigest()
        return Fetched(path, size, None, self.version or sha256[:12], self.released, folder_sha256=sha256)


def _survey_folder(path: Path, caps: Archives) -> Survey:
    skipped: Counter[str] = Counter()
    links: dict[str, str] = {}
    sizes = [file.stat().st_size for _, file in _regular(path, skipped, links)]
    return survey_sizes(f"archive: {path.name}", sizes, skipped, caps, links)


def skipped_in(path: Path) -> Counter[str]:
    """Number of entries below a folder that are not read, by kind."""
    skipped: Counter[str] = Counter()
    for _ in _regular(path, skipped, {}):
        pass
    return skipped


def folder_files(path: Path, max_bytes: int) -> Iterator[SourceFile]:
    """Regular files below a folder in the order of their paths; the data of those above `max_bytes` is left out."""
    for name, file in _regular(path, Counter(), {}):
        with file.open("rb") as stream:
            yield read_file(file_name(name), file.stat().st_size, stream, max_bytes)


def _unreadable(error: OSError) -> None:
    raise SourceError(f"archive: {error.filename}: cannot be read: {error.strerror}. Allowed: files that may be read.")


def _regular(folder: Path, skipped: Counter[str], links: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """Regular files below a folder in the order of their paths; links are not followed, repositories' own files left out.

    `skipped` counts what is passed over, `links` receives the links among it with their targets.
    """
    for base, folders, names in os.walk(folder, onerror=_unreadable):
        linked = [name for name in folders if Path(base, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in _REPOSITORY_FOLDERS and name not in linked)
        for name in sorted([*names, *linked]):
            file = Path(base, name)
            mode = file.lstat().st_mode
            if stat.S_ISREG(mode):
                yield file.relative_to(folder).as_posix(), file
            elif stat.S_ISLNK(mode):
                skipped["link"] += 1
                links[file_name(file.relative_to(folder).as_posix())] = file_name(str(file.readlink()))
            else:
                skipped["special_file"] += 1
