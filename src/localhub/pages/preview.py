"""Which config and split of a dataset is shown, and its first rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from localhub.pages.context import Opened, summary
from localhub.pages.links import Links
from localhub.pages.rows import MAX_FILES, Rows, first_rows
from localhub.pages.splits import Split, splits
from localhub.pages.viewmodels import Choice, Preview


@dataclass(frozen=True)
class Chosen:
    """A split to show, among all."""

    split: Split
    among: tuple[Split, ...]


def chosen(here: Opened, data: Mapping[str, Any], config: str | None, split: str | None) -> Chosen | None:
    """The split that was asked for, or the nearest to it; None when there is nothing to show."""
    if here.repository.type != "dataset":
        return None
    among = splits(data, summary(here.hub, here.commit.tree).parquet)
    if not among:
        return None
    return Chosen(max(among, key=lambda one: (one.config == config, one.name == split)), among)


def preview(here: Opened, choice: Chosen) -> Preview:
    """The first rows of the split, whichever of its files they are in."""
    current = choice.split
    files = [here.hub.contents.file(here.commit.tree, path) for path in current.files[: MAX_FILES + 1]]
    rows = rows_of(*(here.hub.blobs.path(file.sha256) for file in files if file))
    firsts = {one.config: one for one in reversed(choice.among)}
    return Preview(
        configs=tuple(_choice(here.links, firsts[name], current.config == name) for name in reversed(firsts)),
        splits=tuple(_named(here.links, one, one == current) for one in choice.among if one.config == current.config),
        file=current.files[0],
        files=len(current.files),
        rows=rows,
    )


@lru_cache(maxsize=64)
def rows_of(*blobs: Path) -> Rows:
    """Blobs never change, so neither do their rows."""
    return first_rows(*blobs)


def _choice(links: Links, first: Split, current: bool) -> Choice:
    return Choice(first.config, _address(links, first), current)


def _named(links: Links, split: Split, current: bool) -> Choice:
    return Choice(split.name, _address(links, split), current)


def _address(links: Links, split: Split) -> str:
    revision = {"revision": links.revision} if links.revision != "main" else {}
    return f"{links.page}?{urlencode({**revision, 'config': split.config, 'split': split.name})}#rows"
