"""Downloads: small files are given at once, large ones by a link to another origin.

The client reads what it wants to know of a large file from the headers of the redirect, which it only takes as the last word
when it leads to another origin, as to the real Hub's storage. Here that is the other spelling of the loopback address; no token
is sent there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localhub.access import hub_of, readable
from localhub.contents import File
from localhub.downloads import download, media_type
from localhub.errors import HubError
from localhub.history import Commit
from localhub.lfs import download_link
from localhub.repositories import Repository
from localhub.routing import endpoint_of
from localhub.xet import plan_address, xet_hash

if TYPE_CHECKING:
    from localhub.hub import Hub

_SPELLINGS = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}


async def resolve(request: Request) -> Response:
    """GET and HEAD of a file at a revision; ranges, and `If-None-Match`."""
    hub, repository, path = hub_of(request), readable(request), request.path_params["path"]
    commit = hub.refs.resolve(repository.key, request.path_params["rev"])
    file = hub.contents.file(commit.tree, path)
    headers = {"X-Repo-Commit": commit.oid}
    if file is None:
        raise HubError(404, f"Entry not found: {path}", "EntryNotFound", headers=headers)
    name = path.rpartition("/")[2]
    headers |= {"ETag": f'"{file.etag}"', "Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}"}
    if file.lfs:
        return Response(status_code=302, headers=headers | _elsewhere(request, hub, repository, commit, file))
    return download(request, hub.blobs.path(file.sha256), file.size, headers, media_type(name, "text/plain; charset=utf-8"))


def _elsewhere(request: Request, hub: Hub, repository: Repository, commit: Commit, file: File) -> dict[str, str]:
    headers = {
        "X-Linked-Etag": f'"{file.sha256}"',
        "X-Linked-Size": str(file.size),
        "Location": download_link(hub, other_origin(request), file.sha256, request.path_params["path"].rpartition("/")[2]),
    }
    if name := xet_hash(hub, file.sha256):
        endpoint = endpoint_of(request)
        auth = f"{endpoint}/api/{repository.type}s/{repository.id}/xet-read-token/{commit.oid}"
        info = plan_address(hub, endpoint, name)
        headers |= {"X-Xet-Hash": name, "Link": f'<{auth}>; rel="xet-auth", <{info}>; rel="xet-reconstruction-info"'}
    return headers


def other_origin(request: Request) -> str:
    """The same server under the other name of the loopback address."""
    host = request.url.hostname or ""
    return f"{request.url.scheme}://{_SPELLINGS.get(host, 'localhost')}:{request.url.port or 80}"


routes = [
    Route(f"/{prefix}{{owner}}/{{name}}/{{way:way}}/{{rev:rev}}/{{path:file}}", resolve, methods=["GET"])
    for prefix in ("{type:kind}/", "")
]
