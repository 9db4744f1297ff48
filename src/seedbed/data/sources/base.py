"""The base of all sources: pinned, fetched once, checked, and read as files with provenance."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Annotated, ClassVar

from datatrove.data import Document
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import ArchiveError, SourceError
from seedbed.core.text.decoding import Undecodable, decode

_CHUNK_BYTES = 1 << 20


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _plain(value: str) -> str:
    if not value or not value.isprintable():
        raise ValueError(f"{value!r} is not allowed. Allowed: text without control characters")
    return value


def is_day(text: str) -> bool:
    """Whether a text is a date of the calendar, as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _day(value: str) -> str:
    if not is_day(value):
        raise ValueError(f"{value!r} is not a calendar date. Allowed: YYYY-MM-DD")
    return value


Address = Annotated[str, AfterValidator(_plain)]
Day = Annotated[str, AfterValidator(_day)]
Sha1 = Annotated[
    str,
    BeforeValidator(_lower),
    Field(pattern=r"^[0-9a-f]{40}$", description="40 hexadecimal digits; `git rev-parse NAME` prints them"),
]
Sha256 = Annotated[str, BeforeValidator(_lower), Field(pattern=r"^[0-9a-f]{64}$", description="64 hexadecimal digits")]
Name = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="letters, digits, '.', '_', '-', a letter or digit first")
]

Progress = Callable[[int, int | None], None]
"""Called with bytes so far, and bytes in all where known."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One regular file of a source. `data` is None where the file is larger than a sample may be; its id is known anyway."""

    path: str
    size_bytes: int
    data: bytes | None
    swhid: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A source on this machine: its path, size, hash and version; `project` where only fetching reveals it.

    folder_sha256: of the paths and bytes in a folder, which may have a version of the recipe's own.
    """

    path: Path
    size_bytes: int
    archive_sha256: str | None
    version: str
    release_date: str | None
    project: str | None = None
    folder_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """Contents of a source: regular files, their bytes, and the number of entries that are not read, by kind.

    links: symbolic links among those, path to target; they are not followed, but one may stand for a license file.
    """

    files: int
    size_bytes: int
    skipped: dict[str, int]
    links: dict[str, str] = field(default_factory=dict)


class Source(BaseModel):
    """Base of all sources. A new kind is a new module here with one subclass; its `kind` is its key in recipes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    kind: ClassVar[str]

    @property
    @abstractmethod
    def project(self) -> str:
        """The source without its version, as far as the recipe names it: a package URL or a git URL."""

    def project_of(self, fetched: Fetched) -> str:
        """The source without its version, as provenance names it."""
        return fetched.project or self.project

    def identity(self, fetched: Fetched) -> str:
        """The source with its version, as provenance names it."""
        return f"{self.project_of(fetched)}@{fetched.version}"

    @abstractmethod
    def fetch(self, cache: Path, folder: Path, progress: Progress) -> Fetched:
        """Fetch the source and check it against its pin.

        Args: cache: folder of downloads by hash; folder: the recipe's folder, for relative paths.
        Raises: SourceError when it cannot be fetched, HashError when it is not what the recipe pins.
        """

    @abstractmethod
    def survey(self, fetched: Fetched, caps: Archives) -> Survey:
        """Read all of it once, before any file is used. Raises: ArchiveError when it is broken, hostile or beyond a cap."""

    @abstractmethod
    def files(self, fetched: Fetched, max_bytes: int) -> Iterator[SourceFile]:
        """Regular files in archive order; links and special files are left out."""

    def documents(self, fetched: Fetched, max_bytes: int) -> Iterator[Document]:
        """One document a file, with its provenance. Undecodable files come with empty text and `decode_error`."""
        identity = self.identity(fetched)
        provenance = {
            "source": identity,
            "project": self.project_of(fetched),
            "version": fetched.version,
            "archive_sha256": fetched.archive_sha256,
            "release_date": fetched.release_date,
        }
        for file in self.files(fetched, max_bytes):
            yield make_document(file, f"{identity}#{file.path}", provenance)


def local_path(folder: Path, written: str) -> Path:
    """A path as a recipe writes it: a relative one starts at the recipe's folder, `~` is a home. Raises: SourceError."""
    try:
        return folder / Path(written).expanduser()
    except RuntimeError as error:
        raise SourceError(f"{written}: {str(error).rstrip('.')}. Allowed: the home of a user of this machine.") from error


def survey_sizes(name: str, sizes: Sequence[int], skipped: Mapping[str, int], caps: Archives, links: Mapping[str, str]) -> Survey:
    """The survey of files whose sizes are known beforehand. Raises: ArchiveError beyond a cap."""
    for amount, what, key in ((len(sizes), "files", "max_files"), (sum(sizes), "bytes", "max_bytes")):
        if amount > getattr(caps, key):
            raise ArchiveError(f"{name}: {amount:,} {what}. Allowed: {getattr(caps, key):,} (limits.archives.{key}).")
    return Survey(len(sizes), sum(sizes), dict(sorted(skipped.items())), dict(sorted(links.items())))


def blob_swhid(size_bytes: int, data: bytes, rest: IO[bytes] | None = None) -> str:
    """Software Heritage id of a file's content: the SHA-1 that git gives the blob.

    Args: data: the content, or its start with the stream that holds the `rest`.
    """
    digest = hashlib.sha1(b"blob %d\0" % size_bytes, usedforsecurity=False)
    digest.update(data)
    while rest and (chunk := rest.read(_CHUNK_BYTES)):
        digest.update(chunk)
    return f"swh:1:cnt:{digest.hexdigest()}"


def read_file(path: str, size_bytes: int, stream: IO[bytes], max_bytes: int) -> SourceFile:
    """A file from its stream: whole, or no more than its id when it is larger than `max_bytes`."""
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        return SourceFile(path, size_bytes, None, blob_swhid(size_bytes, data, stream))
    return SourceFile(path, len(data), data, blob_swhid(len(data), data))


def make_document(file: SourceFile, name: str, provenance: Mapping[str, str | None]) -> Document:
    """The document of one file: decoded text, provenance, size and SWHID."""
    metadata = {**provenance, "path": file.path, "size_bytes": file.size_bytes, "swhid": file.swhid}
    if file.data is None:
        return Document(text="", id=name, metadata={**metadata, "decode_error": "too_large"})
    decoded = decode(file.data)
    if isinstance(decoded, Undecodable):
        return Document(text="", id=name, metadata={**metadata, "decode_error": decoded.reason})
    return Document(text=decoded.text, id=name, metadata={**metadata, "encoding": decoded.encoding})
