"""The Xet storage as clients talk to it: a token from the Hub, then xorbs and shards up, plans and ranges of xorbs down.

Its addresses carry the Hub's own name, so that a client's notes on what is stored here are not taken for those of another Hub
that had the same port.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, readable, writable
from localhub.errors import HubError
from localhub.routing import endpoint_of
from localhub.signing import Grant, Scope
from localhub.streams import pour
from localhub.xet.merkle import text_hash
from localhub.xet.reconstruction import Plan, as_v1, as_v2, plan
from localhub.xet.shard import MAX_SHARD_BYTES, read_shard
from localhub.xet.xorb import MAX_XORB_BYTES

if TYPE_CHECKING:
    from localhub.hub import Hub

_TOKEN_SECONDS = 3600
_LINK_SECONDS = 3600
_IN_MEMORY_BYTES = 1024 * 1024


def xet_hash(hub: Hub, sha256: str) -> str | None:
    """What a file is called in the Xet storage; None when it is not there, or the Hub runs without."""
    return hub.xet.files.hash_of(sha256) if hub.xet_enabled else None


def plan_address(hub: Hub, endpoint: str, name: str) -> str:
    """Where the plan of a file is asked for, by its Xet hash."""
    return f"{_storage(hub, endpoint)}/v1/reconstructions/{name}"


def _token(request: Request) -> Response:
    """A token for the storage of one repository, with the address to use it at."""
    hub = _hub(request)
    scope = cast("Scope", request.path_params["scope"])
    if scope not in ("read", "write"):
        raise HubError(404, "Not Found")
    repository = writable(request) if scope == "write" else readable(request)
    token, expires = hub.signer.token(Grant(scope, repository.key), _TOKEN_SECONDS)
    address = _storage(hub, endpoint_of(request))
    return JSONResponse(
        {"casUrl": address, "exp": expires, "accessToken": token},
        headers={"X-Xet-Cas-Url": address, "X-Xet-Token-Expiration": str(expires), "X-Xet-Access-Token": token},
    )


async def _put_xorb(request: Request) -> Response:
    _granted(request, "write")
    xorbs = _hub(request).xet.xorbs
    name = text_hash(request.path_params["hash"])
    known = await run_in_threadpool(xorbs.has, name)
    with xorbs.incoming() as incoming:
        await pour(request, incoming.write, MAX_XORB_BYTES)
        if not known:
            await run_in_threadpool(incoming.keep, name)
    return JSONResponse({"was_inserted": not known})


async def _put_shard(request: Request) -> Response:
    grant = _granted(request, "write")
    hub = _hub(request)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as stream:
        size = await pour(request, stream.write, MAX_SHARD_BYTES)
        new = await run_in_threadpool(_register, hub, cast("BinaryIO", stream), size, grant.repository)
    return JSONResponse({"result": int(new)})


def _register(hub: Hub, stream: BinaryIO, size: int, repository: int) -> bool:
    stream.seek(0)
    return hub.xet.files.register(read_shard(stream, size), repository)


def _plan_v1(request: Request) -> Response:
    return JSONResponse(as_v1(*_planned(request)))


def _plan_v2(request: Request) -> Response:
    return JSONResponse(as_v2(*_planned(request)))


def _planned(request: Request) -> tuple[Plan, Mapping[str, str]]:
    """How to put together what was asked for, and a link to each of the xorbs for it."""
    grant = _granted(request, "read")
    hub = _hub(request)
    file = hub.xet.files.find(text_hash(request.path_params["hash"]))
    if file is None or not hub.possessions.has(grant.repository, file.sha256):
        raise HubError(404, "The repository has no such file")
    found = plan(hub.xet.xorbs, file, request.headers.get("range"))
    return found, {piece.xorb: _xorb_link(request, piece.xorb) for piece in found.pieces}


def _xorb_link(request: Request, xorb: str) -> str:
    hub = _hub(request)
    return hub.signer.link(endpoint_of(request), "GET", f"{_storage(hub)}/xorbs/{xorb}", _LINK_SECONDS)


def _get_xorb(request: Request) -> Response:
    hub = _hub(request)
    hub.signer.check_link(request)
    path = hub.xet.xorbs.path(text_hash(request.path_params["hash"]))
    if not path.is_file():
        raise HubError(404, "There is no such xorb")
    return FileResponse(path, media_type="application/octet-stream")


def _query_chunk(request: Request) -> Response:
    """Whether a chunk is in some xorb already: never said, because the answer would be about the files of others too."""
    _granted(request, "read")
    raise HubError(404, "Chunks of others are not told of")


def _granted(request: Request, scope: Scope) -> Grant:
    """Raises: HubError 401 without a token of this Hub, 403 for writing with one that reads."""
    grant = _hub(request).signer.grant(request.headers.get("authorization", "").removeprefix("Bearer "))
    if scope == "write" and grant.scope != "write":
        raise HubError(403, "This token may read only")
    return grant


def _hub(request: Request) -> Hub:
    """Raises: HubError 404 when the Hub runs without Xet, or the address is another Hub's."""
    hub = hub_of(request)
    if not hub.xet_enabled or request.path_params.get("hub", hub.signer.name) != hub.signer.name:
        raise HubError(404, "Not Found")
    return hub


def _storage(hub: Hub, endpoint: str = "") -> str:
    return f"{endpoint}/-/xet/{hub.signer.name}"


def _route(path: str, endpoint: Any, method: str) -> Route:
    return Route(f"/-/xet/{{hub}}{path}", endpoint, methods=[method])


routes = [
    Route("/api/{type}/{owner}/{name}/xet-{scope}-token", _token, methods=["GET"]),
    Route("/api/{type}/{owner}/{name}/xet-{scope}-token/{revision:path}", _token, methods=["GET"]),
    _route("/v1/xorbs/default/{hash}", _put_xorb, "POST"),
    _route("/v1/shards", _put_shard, "POST"),
    _route("/v1/chunks/{prefix}/{hash}", _query_chunk, "GET"),
    _route("/v1/reconstructions/{hash}", _plan_v1, "GET"),
    _route("/v2/reconstructions/{hash}", _plan_v2, "GET"),
    _route("/xorbs/{hash}", _get_xorb, "GET"),
]
