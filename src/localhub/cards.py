"""What a README says of its repository: the YAML block at its top, and the tags that follow from it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from localhub.blobs import Blobs
from localhub.cache import WeightedCache
from localhub.contents import Contents
from localhub.history import Commit

README = "README.md"
_BLOCK = re.compile(r"\s*---[ \t]*\r?\n((?:.*?\n)??)---[ \t]*(?:\r?\n|$)", re.DOTALL)
_CACHED_CARDS = 2_000
_MAX_README_BYTES = 5_000_000
_MAX_DEPTH = 50
_MAX_VALUES = 200_000
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


class Cards:
    """The metadata of READMEs; each is read once."""

    def __init__(self, blobs: Blobs, contents: Contents) -> None:
        self._blobs = blobs
        self._contents = contents
        self._cache: WeightedCache[str, Mapping[str, Any]] = WeightedCache(_CACHED_CARDS)

    def metadata(self, commit: Commit) -> Mapping[str, Any]:
        """The YAML block as JSON values; empty when there is none, or when it is broken."""
        file = self._contents.file(commit.tree, README)
        if file is None or file.size > _MAX_README_BYTES:
            return {}
        known = self._cache.get(file.sha256)
        if known is None:
            known = _lenient(self._blobs.path(file.sha256).read_text("utf-8", errors="replace"))
            self._cache.put(file.sha256, known)
        return known


def block(text: str) -> tuple[str, str] | None:
    """The YAML between two lines of dashes, and what follows them; None without them."""
    match = _BLOCK.match(text)
    return (match[1], text[match.end() :]) if match else None


def parsed(text: str) -> dict[str, Any]:
    """A YAML block as JSON values. Raises: ValueError, in words for its author, for what is no mapping, or is made to burst."""
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


def _constructed(text: str) -> Any:
    """What YAML stands for. Its constructors trust a tag, and fail in their own ways on a text that is none of its kind."""
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except (AttributeError, LookupError, ArithmeticError) as error:
        raise ValueError(f"a value cannot be read as what its tag says: {error}") from error


def _check_depth(text: str) -> None:
    """The loader in C goes down the stack with every level, and takes the process with it when there are too many."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise ValueError(f"the metadata is nested more than {_MAX_DEPTH} levels deep")


def _check_size(value: Any) -> None:
    """A few lines of aliases of aliases are a few billion values once they are written out."""
    left, waiting = _MAX_VALUES, [value]
    while waiting:
        one = waiting.pop()
        below = one.values() if isinstance(one, dict) else one if isinstance(one, (list, set, tuple)) else ()
        left -= len(below)
        if left < 0:
            raise ValueError(f"the metadata has more than {_MAX_VALUES:,} values")
        waiting.extend(below)


def tags(metadata: Mapping[str, Any]) -> list[str]:
    """What the Hub lists a repository under."""
    found = []
    for key, prefix in _PREFIXES.items():
        values = metadata.get(key)
        found += [f"{prefix}{value}" for value in _listed(values) if isinstance(value, (str, int, float))]
    return found


def _listed(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _lenient(text: str) -> Mapping[str, Any]:
    found = block(text)
    try:
        return parsed(found[0]) if found else {}
    except ValueError:
        return {}
