"""Large files by the Git LFS protocol: the client asks where to put them, puts them there, and has them verified.

Links are signed. A file is kept only if its SHA-256 and size are the announced ones.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import caller, hub_of, readable, writable
from localhub.blobs import Incoming
from localhub.errors import HubError, bad_request
from localhub.requests import copy_body, endpoint_of, json_body

if TYPE_CHECKING:
    from localhub.hub import Hub

_MAX_FILE_BYTES = 500_000_000_000
_MAX_OBJECTS = 1000
_UPLOAD_SECONDS = 24 * 3600
_DOWNLOAD_SECONDS = 3600
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = "application/vnd.git-lfs+json"


def download_link(hub: Hub, base: str, sha256: str, name: str = "") -> str:
    """An address below `base` that gives a blob, for an hour. name: of the file in a browser."""
    return hub.signer.link(base, "GET", f"/-/lfs/{sha256}", _DOWNLOAD_SECONDS, name=name)


async def _batch(request: Request) -> Response:
    """Where to put or get each object; nothing to do for an object that is stored."""
    body = await json_body(request)
    operation, objects = body.get("operation"), body.get("objects")
    if operation not in ("upload", "download"):
        raise bad_request("`operation` is upload or download")
    if not isinstance(objects, list) or len(objects) > _MAX_OBJECTS:
        raise bad_request(f"`objects` is a list of at most {_MAX_OBJECTS}")
    answers = await run_in_threadpool(_answers, request, operation, [_checked(item) for item in objects])
    return JSONResponse({"transfer": "basic", "objects": answers, "hash_algo": "sha256"}, media_type=_MEDIA_TYPE)


def _checked(item: Any) -> tuple[str, int]:
    oid, size = (item.get("oid"), item.get("size")) if isinstance(item, dict) else (None, None)
    if not isinstance(oid, str) or not _SHA256.fullmatch(oid) or not isinstance(size, int) or not 0 <= size <= _MAX_FILE_BYTES:
        raise bad_request(f"An object has an `oid`, which is a SHA-256, and a `size` from 0 to {_MAX_FILE_BYTES} bytes")
    return oid, size


def _answers(request: Request, operation: str, objects: list[tuple[str, int]]) -> list[dict[str, Any]]:
    repository = writable(request) if operation == "upload" else readable(request)
    answer = _download if operation == "download" else _upload
    return [
        {"oid": oid, "size": size, "authenticated": True, **answer(request, repository.key, oid, size)} for oid, size in objects
    ]


def _download(request: Request, repository: int, oid: str, _size: int) -> dict[str, Any]:
    hub = hub_of(request)
    if not hub.blob_access.has(repository, oid) or not hub.blobs.has(oid):
        return {"error": {"code": 404, "message": "Object does not exist"}}
    action = {"href": download_link(hub, endpoint_of(request), oid), "header": {}, "expires_in": _DOWNLOAD_SECONDS}
    return {"actions": {"download": action}}


def _upload(request: Request, repository: int, oid: str, size: int) -> dict[str, Any]:
    hub, base = hub_of(request), endpoint_of(request)
    if hub.blobs.has(oid) and hub.blobs.size(oid) == size and hub.blob_access.readable_by(caller(request), oid):
        return {}

    def link(method: str, path: str) -> dict[str, Any]:
        href = hub.signer.link(base, method, path, _UPLOAD_SECONDS, repository=repository, size=size)
        return {"href": href, "header": {}, "expires_in": _UPLOAD_SECONDS}

    return {"actions": {"upload": link("PUT", f"/-/lfs/{oid}"), "verify": link("POST", f"/-/lfs/{oid}/verify")}}


async def _put(request: Request) -> Response:
    upload = _signed_upload(request)
    with upload.hub.blobs.incoming() as incoming:
        received_bytes = await copy_body(request, incoming.write, upload.size)
        if received_bytes != upload.size:
            raise bad_request(f"{received_bytes} bytes were sent, {upload.size} were announced")
        await run_in_threadpool(_keep, upload, incoming)
    return Response()


def _keep(upload: _Upload, incoming: Incoming) -> None:
    incoming.keep(upload.oid)
    with upload.hub.database.write() as connection:
        upload.hub.blob_access.add(connection, upload.repository, upload.oid)


def _verify(request: Request) -> Response:
    upload = _signed_upload(request)
    blobs = upload.hub.blobs
    if not blobs.has(upload.oid) or blobs.size(upload.oid) != upload.size:
        raise HubError(404, "The object was not uploaded")
    return JSONResponse({})


class _Upload(NamedTuple):
    """The subject of a signed link: an object of a repository, and its announced size in bytes."""

    hub: Hub
    repository: int
    oid: str
    size: int


def _signed_upload(request: Request) -> _Upload:
    """Raises: HubError 403 for a link that the Hub did not sign."""
    hub = hub_of(request)
    fields = hub.signer.check_link(request)
    return _Upload(hub, int(fields["repository"]), request.path_params["oid"], int(fields["size"]))


routes = [
    Route("/{owner}/{name}.git/info/lfs/objects/batch", _batch, methods=["POST"]),
    Route("/{type}/{owner}/{name}.git/info/lfs/objects/batch", _batch, methods=["POST"]),
    Route("/-/lfs/{oid}", _put, methods=["PUT"]),
    Route("/-/lfs/{oid}/verify", _verify, methods=["POST"]),
]
