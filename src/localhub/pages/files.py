"""Pages of files: text, tables and previews."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from localhub import cards
from localhub.errors import entry_not_found
from localhub.pages.card import cut, render
from localhub.pages.context import FileRow, Link, OpenRepository, open_repository
from localhub.pages.links import Links
from localhub.pages.render import html
from localhub.pages.rows import MAX_FILES, Rows, first_rows
from localhub.requests import number
from localhub.trees import Entry, File

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


_MAX_FILES = 1000  # of one folder
_MAX_TOP_FILES = 15
_PAGE_COMMITS = 50
_MAX_TEXT_BYTES = 500_000
_MAX_LINES = 5_000
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}


def tree(request: Request) -> Response:
    """A folder with sizes and downloads. Raises: HubError 404 for a folder that is not there."""
    opened = open_repository(request)
    folder = str(request.path_params.get("path", "")).strip("/")
    entry = opened.hub.trees.find(opened.commit.tree, folder)
    if entry is None or not entry.folder:
        raise entry_not_found(folder)
    names = opened.hub.trees.read(entry.oid)
    rows = _rows(opened, names, f"{folder}/" if folder else "", _MAX_FILES)
    context = {"head": opened.head("Files"), "crumbs": _crumbs(opened, folder), "files": rows, "left_out": len(names) - len(rows)}
    return html(request, "tree", context)


def top_files(opened: OpenRepository) -> tuple[FileRow, ...]:
    """The first entries of the root; a last row leads to the rest."""
    names = opened.hub.trees.read(opened.commit.tree)
    rows = _rows(opened, names, "", _MAX_TOP_FILES)
    more = (FileRow(f"{len(names) - len(rows)} more", opened.links.tree()),) if len(names) > len(rows) else ()
    return (*rows, *more)


def commits(request: Request) -> Response:
    """A page of commits, newest first."""
    opened = open_repository(request)
    page = number(request, "p", 0, 1 << 30)
    context = {
        "head": opened.head("Commits"),
        "commits": opened.hub.history.ancestors(opened.commit, page * _PAGE_COMMITS, _PAGE_COMMITS),
        "total": opened.commit.depth,
        "older": f"{opened.links.commits}?p={page + 1}" if (page + 1) * _PAGE_COMMITS < opened.commit.depth else "",
        "newer": f"{opened.links.commits}?p={page - 1}" if page else "",
    }
    return html(request, "commits", context)


def file(request: Request) -> Response:
    """One file: small text, a picture or first rows, and always a download. Raises: HubError 404 for a file that is not there."""
    opened = open_repository(request)
    path = str(request.path_params["path"]).strip("/")
    shown = opened.hub.trees.file(opened.commit.tree, path)
    if shown is None:
        raise entry_not_found(path)
    context = {
        "head": opened.head("Files"),
        "crumbs": _crumbs(opened, path),
        "size": shown.size,
        "download": opened.links.resolve(path),
        "sha256": shown.sha256 if shown.lfs else "",
    }
    return html(request, "file", {**context, **_content(opened, path, shown)})


def _content(opened: OpenRepository, path: str, file: File) -> dict[str, object]:
    """What of a file is shown."""
    blob, suffix = opened.hub.blobs.path(file.sha256), Path(path).suffix.lower()
    if suffix == ".parquet":
        return {"show": "rows", "rows": rows_of(blob)}
    if suffix in _PICTURES:
        return {"show": "image"}
    text = _text(blob) if file.size <= _MAX_TEXT_BYTES else None
    if text is None:
        return {"show": "nothing"}
    if suffix == ".md":
        body, _ = cut(cards.read(text).body)
        return {"show": "card", "card": render(body, replace(opened.links, folder=path.rpartition("/")[0]))}
    lines = text.splitlines()
    return {"show": "text", "lines": lines[:_MAX_LINES], "lines_left_out": max(0, len(lines) - _MAX_LINES)}


def _text(blob: Path) -> str | None:
    """None for a binary file."""
    data = blob.read_bytes()
    try:
        return None if b"\0" in data else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _crumbs(opened: OpenRepository, path: str) -> tuple[Link, ...]:
    """Links from the root to a path."""
    parts = path.split("/") if path else []
    above = [Link(part, opened.links.tree("/".join(parts[: index + 1]))) for index, part in enumerate(parts)]
    *before, last = [Link(opened.repository.name, opened.links.tree()), *above]
    return (*before, last._replace(current=True))


def _rows(opened: OpenRepository, names: Mapping[str, Entry], prefix: str, maximum: int) -> tuple[FileRow, ...]:
    """The first entries of a folder, folders first."""
    entries = dict(islice(sorted(names.items(), key=lambda item: (not item[1].folder, item[0])), maximum))
    files = opened.hub.trees.by_oids(entry.oid for entry in entries.values() if not entry.folder)
    links = opened.links
    return tuple(
        FileRow(name, links.tree(prefix + name))
        if entry.folder
        else FileRow(name, links.blob(prefix + name), files[entry.oid].size, links.resolve(prefix + name))
        for name, entry in entries.items()
    )
