"""Large files of a repository: a list of all that its history holds, and their use in another repository."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import asker, hub_of, readable, writable
from localhub.contents import File
from localhub.errors import bad_request
from localhub.history import Commit
from localhub.names import checked_type
from localhub.repositories import Repository
from localhub.routing import REPO, next_page, number, with_json

if TYPE_CHECKING:
    from localhub.hub import Hub

_MAX_PAGE = 1000


def listing(request: Request) -> Response:
    """Each file once, with the commit that brought it."""
    repository, hub = writable(request), hub_of(request)
    limit, start = max(1, number(request, "limit", _MAX_PAGE, _MAX_PAGE)), number(request, "cursor", 0, 1 << 40)
    page = list(islice(_large_files(hub, repository), start, start + limit + 1))
    headers = next_page(request, cursor=start + limit) if len(page) > limit else {}
    return JSONResponse([_answer(*found) for found in page[:limit]], headers=headers)


def duplicate(request: Request, body: dict[str, Any]) -> Response:
    """Let another repository have files of this one, so that a commit there can name them."""
    source, hub = readable(request), hub_of(request)
    target, files = body.get("target"), body.get("files")
    if not isinstance(target, dict) or not isinstance(target.get("name"), str) or not isinstance(files, list):
        raise bad_request("target is a repository's type and name, files a list")
    owner, _, name = target["name"].partition("/")
    receiver = hub.repositories.writable(checked_type(target.get("type")), owner, name, asker(request))
    wanted = [str(file.get("sha256")) for file in files if isinstance(file, dict)]
    missing = [sha256 for sha256 in wanted if not hub.possessions.has(source.key, sha256)]
    with hub.database.write() as connection:
        for sha256 in set(wanted) - set(missing):
            hub.possessions.add(connection, receiver.key, sha256)
    failed = [{"sha256": sha256, "error": "not in this repository"} for sha256 in missing]
    return JSONResponse({"failed": failed, "success": [{"sha256": sha256} for sha256 in wanted if sha256 not in missing]})


def _large_files(hub: Hub, repository: Repository) -> Iterator[tuple[str, File, Commit]]:
    seen = set()
    for commit, path in hub.history.changed_paths(repository.key):
        file = hub.contents.file(commit.tree, path)
        if file and file.lfs and file.sha256 not in seen:
            seen.add(file.sha256)
            yield path, file, commit


def _answer(path: str, file: File, commit: Commit) -> dict[str, Any]:
    return {"fileOid": file.sha256, "filename": path, "oid": file.sha256, "pushedAt": commit.date, "ref": None, "size": file.size}


routes = [
    Route(f"{REPO}/lfs-files", listing),
    Route(f"{REPO}/lfs-files/duplicate", with_json(duplicate), methods=["POST"]),
]
