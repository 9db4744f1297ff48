"""Large files by the Git LFS protocol: the client asks where to put them, puts them there, and has them checked.

A file is sent whole, or in parts when it is large and the client knows how. Links are signed; nothing is kept whose SHA-256 or
size is not the one that was announced.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import asker, hub_of, readable, writable
from localhub.accounts import Account
from localhub.blobs import Incoming
from localhub.downloads import download
from localhub.errors import HubError, bad_request
from localhub.repositories import Repository
from localhub.routing import endpoint_of, json_body
from localhub.streams import pour

if TYPE_CHECKING:
    from localhub.hub import Hub

MAX_FILE_BYTES = 500_000_000_000
MAX_OBJECTS = 1000

_PART_BYTES = 32 * 1024 * 1024
_MAX_PARTS = 1000
_UPLOAD_SECONDS = 24 * 3600
_DOWNLOAD_SECONDS = 3600
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = "application/vnd.git-lfs+json"


def download_link(hub: Hub, base: str, sha256: str, name: str = "") -> str:
    """An address below `base` that gives a blob to whoever has it, for an hour. name: what a browser is to call it."""
    return hub.signer.link(base, "GET", f"/-/lfs/{sha256}", _DOWNLOAD_SECONDS, name=name)


class _Batch(NamedTuple):
    """Who asks for what: the repository, whose token it is, the address of the Hub, whether the client can send parts."""

    hub: Hub
    account: Account | None
    repository: Repository
    base: str
    in_parts: bool

    def link(self, method: str, path: str, size: int, **fields: str | int) -> str:
        """A link by which the repository is given an object, or a part of `size` bytes of it."""
        fields = {"repository": self.repository.key, "size": size, **fields}
        return self.hub.signer.link(self.base, method, path, _UPLOAD_SECONDS, **fields)


async def _batch(request: Request) -> Response:
    """Where each object is to be put or found; one that is there already has nothing to be done to it."""
    asked = await json_body(request)
    operation, objects, transfers = asked.get("operation"), asked.get("objects"), asked.get("transfers")
    if operation not in ("upload", "download"):
        raise bad_request("`operation` is upload or download")
    if not isinstance(objects, list) or len(objects) > MAX_OBJECTS:
        raise bad_request(f"`objects` is a list of at most {MAX_OBJECTS}")
    in_parts = operation == "upload" and isinstance(transfers, list) and "multipart" in transfers
    answers = await run_in_threadpool(_answers, request, operation, [_checked(item) for item in objects], in_parts)
    chosen = "multipart" if in_parts else "basic"
    return JSONResponse({"transfer": chosen, "objects": answers, "hash_algo": "sha256"}, media_type=_MEDIA_TYPE)


def _checked(item: Any) -> tuple[str, int]:
    oid, size = (item.get("oid"), item.get("size")) if isinstance(item, dict) else (None, None)
    if not isinstance(oid, str) or not _SHA256.fullmatch(oid) or not isinstance(size, int) or not 0 <= size <= MAX_FILE_BYTES:
        raise bad_request(f"An object has an `oid`, which is a SHA-256, and a `size` from 0 to {MAX_FILE_BYTES} bytes")
    return oid, size


def _answers(request: Request, operation: str, objects: list[tuple[str, int]], in_parts: bool) -> list[dict[str, Any]]:
    hub = hub_of(request)
    repository = writable(request) if operation == "upload" else readable(request)
    batch = _Batch(hub, asker(request), repository, endpoint_of(request), in_parts)
    hub.parts.sweep(_UPLOAD_SECONDS)
    answer = _download if operation == "download" else _upload
    return [{"oid": oid, "size": size, "authenticated": True, **answer(batch, oid, size)} for oid, size in objects]


def _download(batch: _Batch, oid: str, _size: int) -> dict[str, Any]:
    hub = batch.hub
    if not hub.possessions.has(batch.repository.key, oid) or not hub.blobs.has(oid):
        return {"error": {"code": 404, "message": "Object does not exist"}}
    action = {"href": download_link(hub, batch.base, oid), "header": {}, "expires_in": _DOWNLOAD_SECONDS}
    return {"actions": {"download": action}}


def _upload(batch: _Batch, oid: str, size: int) -> dict[str, Any]:
    hub = batch.hub
    if hub.blobs.has(oid) and hub.blobs.size(oid) == size and hub.possessions.within_reach(batch.account, oid):
        return {}
    action = _in_parts(batch, oid, size) if batch.in_parts and size > _PART_BYTES else _whole(batch, oid, size)
    verify = {"href": batch.link("POST", f"/-/lfs/{oid}/verify", size), "header": {}}
    return {"actions": {"upload": {**action, "expires_in": _UPLOAD_SECONDS}, "verify": verify}}


def _whole(batch: _Batch, oid: str, size: int) -> dict[str, Any]:
    return {"href": batch.link("PUT", f"/-/lfs/{oid}", size), "header": {}}


def _in_parts(batch: _Batch, oid: str, size: int) -> dict[str, Any]:
    """The size of a part and the address of each stand where other servers put headers: the Hub's own way."""
    part_bytes = max(_PART_BYTES, -(-size // _MAX_PARTS))
    count = -(-size // part_bytes)
    upload = batch.hub.parts.new_upload()
    header = {"chunk_size": str(part_bytes)}
    for number in range(1, count + 1):
        of_part = min(part_bytes, size - part_bytes * (number - 1))
        header[f"{number:05d}"] = batch.link("PUT", f"/-/lfs/{oid}/parts/{number}", of_part, upload=upload)
    return {"href": batch.link("POST", f"/-/lfs/{oid}/complete", size, upload=upload, parts=count), "header": header}


async def _put_whole(request: Request) -> Response:
    announced = _announced(request)
    with announced.hub.blobs.incoming() as incoming:
        _check_size(await pour(request, incoming.write, announced.size), announced.size)
        await run_in_threadpool(_keep, announced, incoming)
    return Response()


async def _put_part(request: Request) -> Response:
    announced = _announced(request)
    number = request.path_params["number"]
    with announced.hub.parts.incoming(announced.upload, number) as part:
        _check_size(await pour(request, part.write, announced.size), announced.size)
    return Response(headers={"ETag": f'"{announced.upload}-{number}"'})


async def _complete(request: Request) -> Response:
    """All parts are there: the file is put together, and kept when it is the one that was announced."""
    announced = _announced(request)
    parts = (await json_body(request)).get("parts")
    count = int(request.query_params["parts"])
    numbers = [part.get("partNumber") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    if numbers != list(range(1, count + 1)):
        raise bad_request(f"`parts` names each of the {count} parts once, in order")
    await run_in_threadpool(_join, announced, count)
    return JSONResponse({"success": True})


def _join(announced: _Announced, count: int) -> None:
    hub = announced.hub
    if not hub.possessions.has(announced.repository, announced.oid):  # else a second request, after an answer that was lost
        with hub.blobs.incoming() as whole:
            hub.parts.join(announced.upload, count, whole)
            _check_size(whole.size, announced.size)
            _keep(announced, whole)
    hub.parts.discard(announced.upload)


def _keep(announced: _Announced, incoming: Incoming) -> None:
    """Raises: HubError 400 when it is another file than the one that was announced."""
    incoming.keep(announced.oid)
    with announced.hub.database.write() as connection:
        announced.hub.possessions.add(connection, announced.repository, announced.oid)


def _verify(request: Request) -> Response:
    announced = _announced(request)
    blobs = announced.hub.blobs
    if not blobs.has(announced.oid) or blobs.size(announced.oid) != announced.size:
        raise HubError(404, "The object was not uploaded")
    return JSONResponse({})


async def _get(request: Request) -> Response:
    hub = hub_of(request)
    hub.signer.check_link(request)
    oid = request.path_params["oid"]
    if not hub.blobs.has(oid):
        raise HubError(404, "Object does not exist")
    headers = {"ETag": f'"{oid}"'}
    if name := request.query_params["name"]:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return download(request, hub.blobs.path(oid), hub.blobs.size(oid), headers, "application/octet-stream")


class _Announced(NamedTuple):
    """What a signed link is about: an object for a repository, the bytes that it or this part of it has, the upload in parts."""

    hub: Hub
    repository: int
    oid: str
    size: int
    upload: str


def _announced(request: Request) -> _Announced:
    """Raises: HubError 403 for a link that the Hub did not sign."""
    hub = hub_of(request)
    hub.signer.check_link(request)
    query = request.query_params
    return _Announced(hub, int(query["repository"]), request.path_params["oid"], int(query["size"]), query.get("upload", ""))


def _check_size(found: int, announced: int) -> None:
    if found != announced:
        raise bad_request(f"{found} bytes were sent, {announced} were announced")


routes = [
    Route("/{owner}/{name}.git/info/lfs/objects/batch", _batch, methods=["POST"]),
    Route("/{type}/{owner}/{name}.git/info/lfs/objects/batch", _batch, methods=["POST"]),
    Route("/-/lfs/{oid}", _put_whole, methods=["PUT"]),
    Route("/-/lfs/{oid}", _get, methods=["GET"]),
    Route("/-/lfs/{oid}/parts/{number:count}", _put_part, methods=["PUT"]),
    Route("/-/lfs/{oid}/complete", _complete, methods=["POST"]),
    Route("/-/lfs/{oid}/verify", _verify, methods=["POST"]),
]
