"""Folders and commits as lists."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from localhub.errors import entry_not_found
from localhub.gitobjects import Entry
from localhub.pages.context import Opened, opened
from localhub.pages.render import html
from localhub.pages.viewmodels import Choice, CommitRow, CommitsPage, FileRow, TreePage
from localhub.routing import number

MAX_FILES = 1000  # of one folder
MAX_TOP_FILES = 15
PAGE_COMMITS = 50


def tree(request: Request) -> Response:
    """A folder with sizes, last commits and downloads."""
    here = opened(request)
    folder = str(request.path_params.get("path", "")).strip("/")
    entry = here.hub.trees.find(here.commit.tree, folder)
    if entry is None or not entry.folder:
        raise entry_not_found(folder)
    names = here.hub.trees.read(entry.oid)
    shown = dict(islice(_folders_first(names), MAX_FILES))
    prefix = f"{folder}/" if folder else ""
    commits = here.last_changes([prefix + name for name in shown])
    rows = tuple(_rows(here, shown, prefix, commits))
    return html(request, "tree", TreePage(here.head("Files"), crumbs(here, folder), rows, len(names) - len(shown)))


def top_files(here: Opened) -> tuple[FileRow, ...]:
    """What the root holds, in short; a last row leads to the rest."""
    names = here.hub.trees.read(here.commit.tree)
    rows = _rows(here, dict(islice(_folders_first(names), MAX_TOP_FILES)), "", {})
    more = (FileRow(f"{len(names) - MAX_TOP_FILES} more", here.links.tree()),) if len(names) > MAX_TOP_FILES else ()
    return (*rows, *more)


def commits(request: Request) -> Response:
    """A page of commits, newest first."""
    here = opened(request)
    page = number(request, "p", 0, 1 << 30)
    lines = here.hub.history.line(here.commit, page * PAGE_COMMITS, PAGE_COMMITS)
    answer = CommitsPage(
        head=here.head("Commits"),
        commits=tuple(map(here.commit_row, lines)),
        total=here.commit.depth,
        older=f"{here.links.commits}?p={page + 1}" if (page + 1) * PAGE_COMMITS < here.commit.depth else "",
        newer=f"{here.links.commits}?p={page - 1}" if page else "",
    )
    return html(request, "commits", answer)


def crumbs(here: Opened, path: str) -> tuple[Choice, ...]:
    """From the root to a path."""
    parts = path.split("/") if path else []
    above = [Choice(part, here.links.tree("/".join(parts[: index + 1]))) for index, part in enumerate(parts)]
    *before, last = [Choice(here.repository.name, here.links.tree()), *above]
    return (*before, Choice(last.label, last.href, current=True))


def _folders_first(names: Mapping[str, Entry]) -> list[tuple[str, Entry]]:
    return sorted(names.items(), key=lambda item: (not item[1].folder, item[0]))


def _rows(here: Opened, entries: dict[str, Entry], prefix: str, commits: dict[str, CommitRow]) -> list[FileRow]:
    files = here.hub.contents.by_oids(entry.oid for entry in entries.values() if not entry.folder)
    rows = []
    for name, entry in entries.items():
        path = prefix + name
        if entry.folder:
            rows.append(FileRow(name, here.links.tree(path), commit=commits.get(path)))
        else:
            rows.append(FileRow(name, here.links.blob(path), files[entry.oid].size, here.links.resolve(path), commits.get(path)))
    return rows
