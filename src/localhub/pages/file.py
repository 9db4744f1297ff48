"""One file: its text when it is a small one, its picture, its first rows, and always the way to download it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from localhub.contents import File
from localhub.errors import entry_not_found
from localhub.pages import front_matter
from localhub.pages.card import cut, render
from localhub.pages.context import Opened, opened
from localhub.pages.listing import crumbs
from localhub.pages.preview import rows_of
from localhub.pages.render import html
from localhub.pages.viewmodels import FilePage

MAX_TEXT_BYTES = 500_000
MAX_LINES = 5_000
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}


def file(request: Request) -> Response:
    here = opened(request)
    path = str(request.path_params["path"]).strip("/")
    found = here.hub.contents.file(here.commit.tree, path)
    if found is None:
        raise entry_not_found(path)
    blank = FilePage(
        head=here.head("Files"),
        crumbs=crumbs(here, path),
        size=found.size,
        download=here.links.resolve(path),
        commit=here.last_changes([path])[path],
        stored=(("SHA-256", found.sha256),) if found.lfs else (),
    )
    return html(request, "file", _filled(here, path, found, blank))


def _filled(here: Opened, path: str, found: File, page: FilePage) -> FilePage:
    blob, suffix = here.hub.blobs.path(found.sha256), Path(path).suffix.lower()
    if suffix == ".parquet":
        return replace(page, rows=rows_of(blob))
    if suffix in _PICTURES:
        return replace(page, show="image")
    text = _text(blob) if found.size <= MAX_TEXT_BYTES else None
    if text is None:
        return page
    if suffix == ".md":
        body, _ = cut(front_matter.read(text).body)
        return replace(page, show="card", card=render(body, replace(here.links, folder=path.rpartition("/")[0])))
    lines = text.splitlines()
    return replace(page, show="text", lines=tuple(lines[:MAX_LINES]), lines_left_out=max(0, len(lines) - MAX_LINES))


def _text(blob: Path) -> str | None:
    """None for what is no text."""
    data = blob.read_bytes()
    try:
        return None if b"\0" in data else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
