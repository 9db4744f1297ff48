"""Rows and links of the templates: finished words and addresses, so that a template decides nothing but the layout."""

from __future__ import annotations

from typing import NamedTuple


class Link(NamedTuple):
    """Words, and an address or none; `current` marks the present page in a menu."""

    label: str
    href: str
    current: bool = False


class RepoRow(NamedTuple):
    """A repository in a list. `updated` is an ISO time or empty."""

    id: str
    href: str
    private: bool
    updated: str
    size: str
    tags: tuple[str, ...]


class FileRow(NamedTuple):
    """A file, or a folder (`size` None)."""

    name: str
    href: str
    size: int | None = None
    download: str = ""
