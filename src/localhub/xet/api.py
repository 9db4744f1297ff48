"""The endpoints of a Xet upload: a token from the Hub, then xorbs, then shards.

A client keeps notes on which chunks an address has. So each repository has its own address, with the name of the Hub in it:
another Hub may have used the same port before.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from typing import TYPE_CHECKING, BinaryIO, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, writable
from localhub.errors import HubError, bad_request
from localhub.requests import copy_body, endpoint_of
from localhub.xet.shard import MAX_SHARD_BYTES, MAX_XORB_BYTES, ShardFile, read_shard

if TYPE_CHECKING:
    from localhub.hub import Hub

_TOKEN_SECONDS = 3600
_IN_MEMORY_BYTES = 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


def _token(request: Request) -> Response:
    """A token to upload to one repository, and the address to use it at."""
    hub, repository = hub_of(request), writable(request)
    token, expires = hub.signer.token(repository.key, _TOKEN_SECONDS)
    address = f"{endpoint_of(request)}/-/xet/{hub.signer.name}/{repository.key}"
    return JSONResponse(
        {"casUrl": address, "exp": expires, "accessToken": token},
        headers={"X-Xet-Cas-Url": address, "X-Xet-Token-Expiration": str(expires), "X-Xet-Access-Token": token},
    )


async def _put_xorb(request: Request) -> Response:
    hub, repository = _authorized(request)
    name = request.path_params["hash"]
    if not _HASH.fullmatch(name):
        raise bad_request("A Xet hash is 64 lower-case hexadecimal digits")
    with hub.xorbs.incoming() as incoming:
        await copy_body(request, incoming.write, MAX_XORB_BYTES)
        await run_in_threadpool(hub.xorbs.keep, incoming, repository, name)
    return JSONResponse({"was_inserted": True})


async def _put_shard(request: Request) -> Response:
    hub, repository = _authorized(request)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as stream:
        size = await copy_body(request, stream.write, MAX_SHARD_BYTES)
        await run_in_threadpool(_store, hub, cast("BinaryIO", stream), size, repository)
    return JSONResponse({"result": 1})


def _store(hub: Hub, stream: BinaryIO, size: int, repository: int) -> None:
    """Assemble the files of a shard, all of them or none. Raises: HubError 400 for a file that is not what it claims."""
    stream.seek(0)
    files = read_shard(stream, size)
    for file in files if len(files) > 1 else ():  # a single file is checked while it is written
        _check(hub, file, repository)
    for file in files:
        with hub.blobs.incoming() as incoming:
            for term in file.terms:
                for data in hub.xorbs.read(repository, term):
                    incoming.write(data)
            incoming.keep(file.sha256)
    with hub.database.write() as connection:
        for file in files:
            hub.blob_access.add(connection, repository, file.sha256)


def _check(hub: Hub, file: ShardFile, repository: int) -> None:
    """Raises: HubError 400 for a file that is not what it claims."""
    digest = hashlib.sha256()
    for term in file.terms:
        for data in hub.xorbs.read(repository, term):
            digest.update(data)
    if digest.hexdigest() != file.sha256:
        raise bad_request(f"The bytes sent have the SHA-256 {digest.hexdigest()}, not {file.sha256}")


def _authorized(request: Request) -> tuple[Hub, int]:
    """The Hub, and the repository of the address. Raises: HubError 401 without a token for it, 404 for another Hub."""
    hub, repository = hub_of(request), request.path_params["repository"]
    if request.path_params["hub"] != hub.signer.name:
        raise HubError(404, "Not Found")
    if hub.signer.repository(request.headers.get("authorization", "").removeprefix("Bearer ")) != repository:
        raise HubError(401, "This token is for another repository")
    return hub, repository


_STORAGE = "/-/xet/{hub}/{repository:count}/v1"

routes = [
    Route("/api/{type:kind}/{owner}/{name}/xet-write-token", _token, methods=["GET"]),
    Route("/api/{type:kind}/{owner}/{name}/xet-write-token/{revision:path}", _token, methods=["GET"]),
    Route(f"{_STORAGE}/xorbs/default/{{hash}}", _put_xorb, methods=["POST"]),
    Route(f"{_STORAGE}/shards", _put_shard, methods=["POST"]),
]
