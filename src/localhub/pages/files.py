"""Folders, files and commits of a repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from localhub import cards
from localhub.errors import entry_not_found
from localhub.gitobjects import Entry
from localhub.pages.card import cut, render
from localhub.pages.context import OpenRepository, open_repository
from localhub.pages.preview import rows_of
from localhub.pages.render import html
from localhub.pages.viewmodels import FileRow, Link
from localhub.requests import number
from localhub.trees import File

_MAX_FILES = 1000  # of one folder
_MAX_TOP_FILES = 15
_PAGE_COMMITS = 50
_MAX_TEXT_BYTES = 500_000
_MAX_LINES = 5_000
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}


def tree(request: Request) -> Response:
    """A folder with sizes and downloads."""
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
    """One file: small text, a picture or first rows, and always a download."""
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
