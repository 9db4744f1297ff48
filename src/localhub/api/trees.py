"""Files and folders at a revision: a page of a folder, or a few paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, readable
from localhub.contents import File
from localhub.errors import HubError, bad_request, entry_not_found
from localhub.gitobjects import Entry
from localhub.history import Commit
from localhub.routing import REPO, flag, json_body, next_page, number, small_body
from localhub.serializers import last_commit
from localhub.xet import xet_hash

if TYPE_CHECKING:
    from localhub.hub import Hub

_PAGE, _EXPANDED_PAGE, _MAX_PATHS = 1000, 50, 1000


def tree(request: Request) -> Response:
    """Sorted by git's order; `cursor` is the last path of the page before."""
    hub = hub_of(request)
    commit = _commit(request)
    folder, expand = request.path_params.get("path", "").strip("/"), flag(request, "expand")
    root = hub.trees.find(commit.tree, folder)
    if root is None or not root.folder:
        raise entry_not_found(folder)
    most = _EXPANDED_PAGE if expand else _PAGE
    limit, after = max(1, number(request, "limit", most, most)), request.query_params.get("cursor")
    entries = _below(hub, root.oid, f"{folder}/" if folder else "", recursive=flag(request, "recursive"), after=after)
    page = list(islice(entries, limit + 1))
    headers = {"X-Repo-Commit": commit.oid}
    if len(page) > limit:
        page.pop()
        headers |= next_page(request, cursor=page[-1][0])
    return JSONResponse(_answers(hub, commit, page, expand=expand), headers=headers)


async def paths_info(request: Request) -> Response:
    """Of those paths that exist; asked as a form, or as JSON."""
    if request.headers.get("content-type", "").startswith("application/json"):
        asked = await json_body(request)
        paths, expand = asked.get("paths"), asked.get("expand") is True
    else:
        form = parse_qs((await small_body(request)).decode("utf-8", "replace"))
        paths, expand = form.get("paths", []), form.get("expand", [""])[-1].lower() in ("true", "1")
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise bad_request("paths is a list of texts")
    if len(paths) > _MAX_PATHS:
        raise HubError(413, f"At most {_MAX_PATHS:,} paths at once")
    return await run_in_threadpool(_paths, request, paths, expand)


def _paths(request: Request, paths: list[str], expand: bool) -> Response:
    hub = hub_of(request)
    commit = _commit(request)
    cleaned = dict.fromkeys(path.strip("/") for path in paths)
    found = [(path, entry) for path in cleaned if (entry := hub.trees.find(commit.tree, path)) and path]
    return JSONResponse(_answers(hub, commit, found, expand=expand), headers={"X-Repo-Commit": commit.oid})


def _commit(request: Request) -> Commit:
    return hub_of(request).refs.resolve(readable(request).key, request.path_params["rev"])


def _below(hub: Hub, oid: str, prefix: str, *, recursive: bool, after: str | None) -> Iterator[tuple[str, Entry]]:
    """Entries of a folder, each folder before what is in it; from the one that follows `after` on."""
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


def _answers(hub: Hub, commit: Commit, entries: list[tuple[str, Entry]], *, expand: bool) -> list[dict[str, Any]]:
    files = hub.contents.by_oids(entry.oid for _, entry in entries if not entry.folder)
    answers = [_folder(path, entry.oid) if entry.folder else _file(hub, path, files[entry.oid]) for path, entry in entries]
    if expand:
        _add_last_commits(hub, commit, answers)
    return answers


def _folder(path: str, oid: str) -> dict[str, Any]:
    return {"type": "directory", "oid": oid, "size": 0, "path": path}


def _file(hub: Hub, path: str, file: File) -> dict[str, Any]:
    answer: dict[str, Any] = {"type": "file", "oid": file.oid, "size": file.size, "path": path}
    if file.lfs:
        answer["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
        if name := xet_hash(hub, file.sha256):
            answer["xetHash"] = name
    return answer


def _add_last_commits(hub: Hub, commit: Commit, answers: Iterable[dict[str, Any]]) -> None:
    by_path = {answer["path"]: answer for answer in answers}
    for path, changed in hub.history.last_changes(commit, by_path):
        by_path[path]["lastCommit"] = last_commit(changed)


_TREE = f"{REPO}/tree/{{rev:rev}}"

routes = [
    Route(_TREE, tree),
    Route(f"{_TREE}/{{path:file}}", tree),
    Route(f"{REPO}/paths-info/{{rev:rev}}", paths_info, methods=["POST"]),
]
