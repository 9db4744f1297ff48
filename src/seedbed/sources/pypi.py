"""`pypi: name==version`: the source distribution of a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar

from packageurl import PackageURL
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import Field, field_validator

from seedbed.errors import SourceError
from seedbed.recipe import Archives
from seedbed.sources import archives
from seedbed.sources.base import Fetched, Progress, Source, SourceFile, Survey

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PypiSource(Source):
    """An sdist, pinned by version and hash."""

    kind: ClassVar[str] = "pypi"
    pypi: str
    sha256: Sha256

    @field_validator("pypi")
    @classmethod
    def _pinned(cls, value: str) -> str:
        name, separator, version = value.partition("==")
        if not separator or not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name.strip()):
            raise ValueError(f"{value!r} is not name==version")
        try:
            Version(version.strip())
        except InvalidVersion as error:
            raise ValueError(f"{version!r} is not a version") from error
        return f"{name.strip()}=={version.strip()}"

    @property
    def name(self) -> str:
        """Normalised project name."""
        return str(canonicalize_name(self.pypi.partition("==")[0]))

    @property
    def version(self) -> str:
        """The pinned version."""
        return self.pypi.partition("==")[2]

    @property
    def project(self) -> str:
        return PackageURL("pypi", name=self.name).to_string()

    def identity(self, version: str) -> str:
        return PackageURL("pypi", name=self.name, version=version).to_string()

    def fetch(self, cache: Path, folder: Path, progress: Progress) -> Fetched:
        # Imported here: a run from a full cache needs no index client and no network.
        from seedbed.sources.download import cached, download
        from seedbed.sources.index import find_sdist

        find = partial(find_sdist, self.name, self.version)
        what = f"pypi: {self.pypi}"
        if not cached(cache, self.sha256):
            download(cache, self.sha256, find, what, progress)
        kept = cached(cache, self.sha256)
        if kept is None:
            raise SourceError(f"{what}: the cache folder {cache} does not keep what is written to it.")
        path, facts = kept
        return Fetched(path, path.stat().st_size, self.sha256, self.version, facts.get("release_date"))

    def survey(self, fetched: Fetched, caps: Archives) -> Survey:
        return archives.survey(fetched.path, caps)

    def files(self, fetched: Fetched, max_bytes: int) -> Iterator[SourceFile]:
        return archives.files(fetched.path, max_bytes, strip_top=True)
