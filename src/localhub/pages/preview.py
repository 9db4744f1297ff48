"""Configs and splits of a dataset, from its card or from the names of its parquet files, and the first rows of one of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from localhub.pages.context import OpenRepository
from localhub.pages.links import Links
from localhub.pages.rows import MAX_FILES, Rows, first_rows
from localhub.pages.viewmodels import Link

_MAX_CONFIGS = 200
_MAX_PATTERNS = 50  # of one config
_SPLIT_WORD = re.compile(r"(?:^|[^a-z])(train|training|validation|valid|val|dev|test|testing|eval)(?=[^a-z]|$)")
_SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "eval": "test",
}  # all others: validation
_ORDER = ("train", "validation", "test")


@dataclass(frozen=True)
class Split:
    """A split of a config and its parquet files, in order."""

    config: str
    name: str
    files: tuple[str, ...]


def select(among: Sequence[Split], config: str | None, name: str | None) -> Split:
    """The split of a config and a name, or the nearest to it."""
    return max(among, key=lambda split: (split.config == config, split.name == name))


def preview(opened: OpenRepository, current: Split, among: Sequence[Split]) -> dict[str, object]:
    """The first rows of a split, in whichever of its files they are; links to the other configs and splits."""
    files = [opened.hub.trees.file(opened.commit.tree, path) for path in current.files[: MAX_FILES + 1]]
    firsts = {split.config: split for split in reversed(among)}
    return {
        "configs": [Link(name, _address(opened.links, firsts[name]), current.config == name) for name in reversed(firsts)],
        "splits": [
            Link(split.name, _address(opened.links, split), split == current) for split in among if split.config == current.config
        ],
        "file": current.files[0],
        "files": len(current.files),
        "rows": rows_of(*(opened.hub.blobs.path(file.sha256) for file in files if file)),
    }


@lru_cache(maxsize=64)
def rows_of(*blobs: Path) -> Rows:
    """Cached, as blobs never change."""
    return first_rows(*blobs)


def _address(links: Links, split: Split) -> str:
    revision = {"revision": links.revision} if links.revision != "main" else {}
    return f"{links.page}?{urlencode({**revision, 'config': split.config, 'split': split.name})}#rows"


def splits(data: Mapping[str, Any], paths: Iterable[str]) -> tuple[Split, ...]:
    """The splits with a parquet file, in the card's order. `data` is the card's YAML, `paths` all files."""
    parquet = sorted(path for path in paths if path.endswith(".parquet"))
    configs = data.get("configs")
    if not isinstance(configs, list):
        return tuple(_guessed(parquet))
    declared = (split for config in configs[:_MAX_CONFIGS] if isinstance(config, dict) for split in _declared(config, parquet))
    return tuple(declared)


def _declared(config: dict[str, Any], parquet: Sequence[str]) -> Iterator[Split]:
    name = str(config.get("config_name", "default"))[:100]
    folder = config.get("data_dir")
    prefix = f"{folder.strip('/')}/" if isinstance(folder, str) and folder.strip("/.") else ""
    for split, globs in _patterns(config.get("data_files", "**")):
        wanted = [prefix + glob for glob in globs[:_MAX_PATTERNS]]
        files = tuple(path for path in parquet if any(matches(path, pattern) for pattern in wanted))
        if files:
            yield Split(name, split, files)


def _patterns(data_files: Any) -> Iterator[tuple[str, list[str]]]:
    """(split, patterns) of each shape a card may use: a pattern, a list of them, a mapping, a list of mappings."""
    if isinstance(data_files, dict):
        yield from ((str(split)[:100], _strings(paths)) for split, paths in list(data_files.items())[:_MAX_PATTERNS])
    elif isinstance(data_files, list) and all(isinstance(entry, dict) for entry in data_files):
        for entry in data_files[:_MAX_PATTERNS]:
            yield str(entry.get("split", "train"))[:100], _strings(entry.get("path"))
    else:
        yield "train", _strings(data_files)


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [posixpath.normpath(text) for text in values if isinstance(text, str) and 0 < len(text) < 500]


def matches(path: str, pattern: str) -> bool:
    """Whether a path matches a glob whose `*` stays within a folder and whose `**` does not.

    >>> matches("data/c/train-0.parquet", "data/*/train-*"), matches("data/c/x.parquet", "data/*"), matches("a/b/c", "**/c")
    (True, False, True)
    """
    return _match(path.split("/"), pattern.split("/"))


def _match(parts: list[str], patterns: list[str]) -> bool:
    """Segment by segment, with the set of reached positions: linear for every pattern."""
    reached = {0}
    for pattern in patterns:
        if pattern == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], pattern)}
        if not reached:
            return False
    return len(parts) in reached


def _guessed(parquet: Sequence[str]) -> Iterator[Split]:
    """By the names of files, as `datasets` guesses."""
    by_name: dict[str, list[str]] = {}
    for path in parquet:
        word = _SPLIT_WORD.search(path.lower())
        by_name.setdefault(_SPLIT_NAMES.get(word[1], "validation") if word else "train", []).append(path)
    for name in sorted(by_name, key=_ORDER.index):
        yield Split("default", name, tuple(by_name[name]))
