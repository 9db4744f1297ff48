"""The package index that pip is configured for, through the client library unearth.

Index addresses, extra indexes, link folders, certificates and trusted hosts come from pip's own configuration and
environment; the default index is the library's. Nothing is built or run: only the sdist's bytes are fetched.
"""

from __future__ import annotations

import ast
import os
import ssl
import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from httpx2 import HTTPError, Timeout
from unearth import Link, PackageFinder
from unearth.errors import UnpackError, URLError
from unearth.fetchers.sync import PyPIClient

from seedbed.core.errors import SourceError, UnreachableError

_TIMEOUT_SECONDS = 60.0
_CONNECT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class PipSettings:
    """The part of pip's configuration that locates packages."""

    index_urls: tuple[str, ...]
    find_links: tuple[str, ...]
    trusted_hosts: tuple[str, ...]
    cert: str | None


@cache
def pip_settings() -> PipSettings:
    """Read pip's configuration with pip itself, or its environment variables where pip is not installed."""
    values = _environment() | _config_list()

    def words(key: str) -> tuple[str, ...]:
        return tuple(values.get(key, "").split())

    if values.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        return PipSettings((), words("find-links"), words("trusted-host"), values.get("cert"))
    indexes = words("index-url") + words("extra-index-url")
    if not words("index-url"):
        default = tuple(source["url"] for source in PackageFinder().sources)
        indexes = default + indexes
    return PipSettings(indexes, words("find-links"), words("trusted-host"), values.get("cert"))


def find_sdist(name: str, version: str) -> Link:
    """The one source distribution of a release.

    Raises: UnreachableError when the index does not answer, SourceError when it has no sdist of that version.
    """
    try:
        links = [package.link for package in finder().find_matches(f"{name}=={version}", allow_yanked=True)]
    except (HTTPError, URLError, UnpackError, OSError) as error:
        raise UnreachableError(f"pypi: {name}=={version}: the package index does not answer: {_bare(error)}.") from error
    if not links:
        raise SourceError(
            f"pypi: {name}=={version}: no source distribution found. Allowed: a release with an sdist on the index "
            "that pip uses; is there a network?"
        )
    return min(links, key=lambda link: (not link.filename.endswith((".tar.gz", ".zip")), link.filename))


@cache
def client() -> PyPIClient:
    """One HTTP client (file:// too) with pip's certificates."""
    settings = pip_settings()
    verify = ssl.create_default_context(cafile=settings.cert) if settings.cert else True
    timeout = Timeout(_TIMEOUT_SECONDS, connect=_CONNECT_SECONDS)
    return PyPIClient(trusted_hosts=settings.trusted_hosts, verify=verify, timeout=timeout, follow_redirects=True)


@cache
def finder() -> PackageFinder:
    settings = pip_settings()
    return PackageFinder(
        session=client(),  # type: ignore[arg-type]  # the client that unearth itself makes, with our certificates
        index_urls=settings.index_urls,
        find_links=settings.find_links,
        trusted_hosts=settings.trusted_hosts,
        no_binary=[":all:"],
        ignore_compatibility=True,
    )


def _environment() -> dict[str, str]:
    prefix = "PIP_"
    return {
        key.removeprefix(prefix).lower().replace("_", "-"): value for key, value in os.environ.items() if key.startswith(prefix)
    }


def _config_list() -> dict[str, str]:
    """`pip config list`, later words winning: global, then the commands that download, then the environment."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    values: dict[str, str] = {}
    for section in ("global", "download", "install", ":env:"):
        for line in shown.splitlines():
            key, separator, value = line.partition("=")
            if separator and key.startswith(f"{section}."):
                values[key.removeprefix(f"{section}.")] = str(ast.literal_eval(value))
    return values


def _bare(error: Exception) -> str:
    """The kind of failure without the address, which may carry a password."""
    return type(error).__name__ if "://" in str(error) else str(error) or type(error).__name__
