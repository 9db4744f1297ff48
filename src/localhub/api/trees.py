"""Files and folders at a revision: a page of a folder, or some paths."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, readable
from localhub.errors import HubError, bad_request, entry_not_found
from localhub.history import Commit
from localhub.requests import REPO, flag, json_body, next_page, number, small_body
from localhub.trees import Entry, File

if TYPE_CHECKING:
    from localhub.hub import Hub

_PAGE, _MAX_PATHS = 1000, 1000


def tree(request: Request) -> Response:
    """Entries in git's order; `cursor` is the last path of the page before.

    Raises: HubError 404 for a folder that is not there.
    """
    hub = hub_of(request)
    commit = _commit(request)
    folder = request.path_params.get("path", "").strip("/")
    root = hub.trees.find(commit.tree, folder)
    if root is None or not root.folder:
        raise entry_not_found(folder)
    limit, after = max(1, number(request, "limit", _PAGE, _PAGE)), request.query_params.get("cursor")
    entries = _below(hub, root.oid, f"{folder}/" if folder else "", recursive=flag(request, "recursive"), after=after)
    page = list(islice(entries, limit + 1))
    headers = {"X-Repo-Commit": commit.oid}
    if len(page) > limit:
        page.pop()
        headers |= next_page(request, cursor=page[-1][0])
    return JSONResponse(_answers(hub, page), headers=headers)


async def paths_info(request: Request) -> Response:
    """The paths that exist, of a form or JSON.

    Raises: HubError 400, 413 for anything but a list of at most some thousand paths.
    """
    if request.headers.get("content-type", "").startswith("application/json"):
        paths = (await json_body(request)).get("paths")
    else:
        paths = parse_qs((await small_body(request)).decode("utf-8", "replace")).get("paths", [])
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise bad_request("paths is a list of texts")
    if len(paths) > _MAX_PATHS:
        raise HubError(413, f"At most {_MAX_PATHS:,} paths at once")
    return await run_in_threadpool(_paths, request, paths)


def _paths(request: Request, paths: list[str]) -> Response:
    hub = hub_of(request)
    commit = _commit(request)
    cleaned = dict.fromkeys(path.strip("/") for path in paths)
    entries = [(path, entry) for path in cleaned if (entry := hub.trees.find(commit.tree, path)) and path]
    return JSONResponse(_answers(hub, entries), headers={"X-Repo-Commit": commit.oid})


def _commit(request: Request) -> Commit:
    return hub_of(request).history.resolve(readable(request).key, request.path_params["rev"])


def _below(hub: Hub, oid: str, prefix: str, *, recursive: bool, after: str | None) -> Iterator[tuple[str, Entry]]:
    """Entries of a folder, each folder before its content, starting behind the path `after`."""
    skipping = after is not None
    for name, entry in hub.trees.read(oid).items():
        path = prefix + name
        if skipping and after != path and not (recursive and entry.folder and str(after).startswith(f"{path}/")):
            continue
        inside = after if skipping and after != path else None
        if not skipping:
            yield path, entry
        skipping = False
        if recursive and entry.folder:
            yield from _below(hub, entry.oid, f"{path}/", recursive=True, after=inside)


def _answers(hub: Hub, entries: list[tuple[str, Entry]]) -> list[dict[str, Any]]:
    files = hub.trees.by_oids(entry.oid for _, entry in entries if not entry.folder)
    return [_folder(path, entry.oid) if entry.folder else _file(path, files[entry.oid]) for path, entry in entries]


def _folder(path: str, oid: str) -> dict[str, Any]:
    return {"type": "directory", "oid": oid, "size": 0, "path": path}


def _file(path: str, file: File) -> dict[str, Any]:
    answer: dict[str, Any] = {"type": "file", "oid": file.oid, "size": file.size, "path": path}
    if file.lfs:
        answer["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
    return answer


_TREE = f"{REPO}/tree/{{rev:rev}}"

routes = [
    Route(_TREE, tree),
    Route(f"{_TREE}/{{path:file}}", tree),
    Route(f"{REPO}/paths-info/{{rev:rev}}", paths_info, methods=["POST"]),
]
