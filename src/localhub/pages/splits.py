"""Configs and splits of a dataset: from its card, or from the names of its parquet files as `datasets` would guess them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

MAX_CONFIGS = 200
MAX_PATTERNS = 50  # of one config
_SPLIT_WORD = re.compile(r"(?:^|[^a-z])(train|training|validation|valid|val|dev|test|testing|eval)(?=[^a-z]|$)")
_CALLED = {
    "training": "train",
    "testing": "test",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "eval": "test",
}


@dataclass(frozen=True)
class Split:
    """A split of a config and the parquet files it is made of, in order."""

    config: str
    name: str
    files: tuple[str, ...]


def splits(data: Mapping[str, Any], paths: Iterable[str]) -> tuple[Split, ...]:
    """The splits with at least one parquet file, in the card's order. `data` is the card's YAML, `paths` all files."""
    parquet = sorted(path for path in paths if path.endswith(".parquet"))
    configs = data.get("configs")
    if not isinstance(configs, list):
        return tuple(_guessed(parquet))
    declared = (split for config in configs[:MAX_CONFIGS] if isinstance(config, dict) for split in _declared(config, parquet))
    return tuple(declared)


def _declared(config: dict[str, Any], parquet: Sequence[str]) -> Iterator[Split]:
    name = str(config.get("config_name", "default"))[:100]
    folder = config.get("data_dir")
    within = f"{folder.strip('/')}/" if isinstance(folder, str) and folder.strip("/.") else ""
    for split, patterns in _patterns(config.get("data_files", "**")):
        wanted = [within + pattern for pattern in patterns[:MAX_PATTERNS]]
        files = tuple(path for path in parquet if any(matches(path, pattern) for pattern in wanted))
        if files:
            yield Split(name, split, files)


def _patterns(data_files: Any) -> Iterator[tuple[str, list[str]]]:
    """(split, patterns) of the shapes that a card may use: a pattern, a list of them, a mapping, a list of mappings."""
    if isinstance(data_files, dict):
        yield from ((str(split)[:100], _strings(paths)) for split, paths in list(data_files.items())[:MAX_PATTERNS])
    elif isinstance(data_files, list) and all(isinstance(entry, dict) for entry in data_files):
        for entry in data_files[:MAX_PATTERNS]:
            yield str(entry.get("split", "train"))[:100], _strings(entry.get("path"))
    else:
        yield "train", _strings(data_files)


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [posixpath.normpath(one) for one in values if isinstance(one, str) and 0 < len(one) < 500]


def matches(path: str, pattern: str) -> bool:
    """Whether a path fits a glob whose `*` stays within a folder and whose `**` does not.

    >>> matches("data/c/train-0.parquet", "data/*/train-*"), matches("data/c/x.parquet", "data/*"), matches("a/b/c", "**/c")
    (True, False, True)
    """
    return _match(path.split("/"), pattern.split("/"))


def _match(parts: list[str], patterns: list[str]) -> bool:
    """Segment by segment, keeping the set of places reached: no pattern makes it slow."""
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
    found: dict[str, list[str]] = {}
    for path in parquet:
        word = _SPLIT_WORD.search(path.lower())
        found.setdefault(_CALLED.get(word[1], word[1]) if word else "train", []).append(path)
    for name in sorted(found, key=lambda one: ("train validation test".split().index(one), one)):
        yield Split("default", name, tuple(found[name]))
