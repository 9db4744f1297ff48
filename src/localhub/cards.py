"""The card of a repository: the YAML block at the top of its README, the tags that follow from it, and the text below it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import yaml
from cachetools import LRUCache, cachedmethod

from localhub.blobs import Blobs
from localhub.history import Commit
from localhub.trees import File, Trees

README = "README.md"
MAX_YAML_CHARACTERS = 1_000_000
_BLOCK = re.compile(r"\s*---[ \t]*\r?\n((?:.*?\n)??)---[ \t]*(?:\r?\n|$)", re.DOTALL)
_CACHED_CARDS = 2_000
_MAX_README_BYTES = 5_000_000
_MAX_DEPTH = 50
_MAX_VALUES = 200_000
_LABEL_KEYS = ("license", "language", "task_categories", "pipeline_tag", "library_name", "size_categories", "tags")
_PREFIXES = {
    "tags": "",
    "library_name": "",
    "pipeline_tag": "",
    "language": "language:",
    "license": "license:",
    "datasets": "dataset:",
    "models": "model:",
    "base_model": "base_model:",
    "task_categories": "task_categories:",
    "size_categories": "size_categories:",
}


@dataclass(frozen=True)
class Card:
    """A README in two: the values of its YAML block and the text below, and one line on a broken block."""

    data: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    problem: str | None = None


class Cards:
    """The metadata of READMEs, cached."""

    def __init__(self, blobs: Blobs, trees: Trees) -> None:
        self._blobs = blobs
        self._trees = trees
        self._cache: LRUCache[str, Mapping[str, Any]] = LRUCache(_CACHED_CARDS)
        self._lock = Lock()

    def metadata(self, commit: Commit) -> Mapping[str, Any]:
        """The YAML block as JSON values; empty if it is missing or broken."""
        file = self._trees.file(commit.tree, README)
        return self._read(file) if file and file.size <= _MAX_README_BYTES else {}

    @cachedmethod(lambda self: self._cache, key=lambda _, file: file.sha256, lock=lambda self: self._lock)
    def _read(self, file: File) -> Mapping[str, Any]:
        return read(self._blobs.path(file.sha256).read_text("utf-8", errors="replace")).data


def split(text: str) -> tuple[str, str] | None:
    """The YAML between two lines of dashes, and the text below; None without them."""
    match = _BLOCK.match(text)
    return (match[1], text[match.end() :]) if match else None


def read(text: str) -> Card:
    r"""Split a README; broken YAML is a problem to show, not an error.

    >>> read("---\nlicense: mit\n---\n# Hi")
    Card(data={'license': 'mit'}, body='# Hi', problem=None)
    """
    parts = split(text)
    if parts is None:
        return Card(body=text)
    block, body = parts
    if len(block) > MAX_YAML_CHARACTERS:
        return Card(body=body, problem=f"{README}: the YAML block is longer than {MAX_YAML_CHARACTERS:,} characters")
    try:
        return Card(parse(block), body)
    except ValueError as error:
        return Card(body=body, problem=f"{README}: the YAML block cannot be read: {' '.join(str(error).split())[:200]}")


def parse(text: str) -> dict[str, Any]:
    """A YAML block as JSON values. Raises: ValueError for a block that is broken, not a mapping, too deep or too large."""
    try:
        _check_depth(text)
        value = _constructed(text)
        _check_size(value)
        value = json.loads(json.dumps({} if value is None else value, default=str, allow_nan=False))
    except (yaml.YAMLError, TypeError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error
    if not isinstance(value, dict):
        raise ValueError("the metadata is a mapping of keys to values")  # noqa: TRY004 - the YAML is at fault, not a caller
    return value


def tags(metadata: Mapping[str, Any]) -> list[str]:
    """The tags of a repository in lists and searches."""
    labels = []
    for key, prefix in _PREFIXES.items():
        value = metadata.get(key)
        values = value if isinstance(value, list) else (value,)
        labels += [f"{prefix}{label}" for label in values if isinstance(label, (str, int, float))]
    return labels


def words(metadata: Mapping[str, Any], key: str, maximum: int = 40) -> tuple[str, ...]:
    """The short scalar values of a key that holds one or a list of them."""
    value = metadata.get(key)
    values = value[:maximum] if isinstance(value, list) else [value]
    return tuple(str(word)[:100] for word in values if isinstance(word, str | int | float) and str(word).strip())


def labels(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """License, languages, tasks and tags for people to read and search, each once."""
    return tuple(dict.fromkeys(word for key in _LABEL_KEYS for word in words(metadata, key)))


def _constructed(text: str) -> Any:
    """The value of YAML. Its constructors trust a tag, and raise errors of many kinds for a text that does not fit it."""
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (AttributeError, LookupError, ArithmeticError) as error:
        raise ValueError(f"a value cannot be read as its tag says: {error}") from error


def _check_depth(text: str) -> None:
    """The C loader recurses at every level, and crashes the process when there are too many."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise ValueError(f"the metadata is nested more than {_MAX_DEPTH} levels deep")


def _check_size(value: Any) -> None:
    """A few lines of aliases of aliases expand to billions of values."""
    left, waiting = _MAX_VALUES, [value]
    while waiting:
        node = waiting.pop()
        below = node.values() if isinstance(node, dict) else node if isinstance(node, (list, set, tuple)) else ()
        left -= len(below)
        if left < 0:
            raise ValueError(f"the metadata has more than {_MAX_VALUES:,} values")
        waiting.extend(below)
