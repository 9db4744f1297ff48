"""Downloads: small files directly, large ones by a redirect to another origin; whole, or the range that was asked for.

The client takes the headers of a redirect as a large file's metadata only if it leads to another origin, as to the real Hub's
storage. Here that is the other spelling of the loopback address; the client sends no token there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from localhub.access import hub_of, readable
from localhub.errors import HubError
from localhub.lfs import download_link

_DIRECT_BYTES = 256 * 1024
"""Files up to here are read in the event loop: that is quicker than a hop to another thread."""
_PIECE_BYTES = 1024 * 1024
_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_MAX_DIGITS = 18
_SPELLINGS = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}
_MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
}
"""What a browser may show; never a page that it would run."""
_SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


async def resolve(request: Request) -> Response:
    """GET and HEAD of a file at a revision; ranges, and `If-None-Match`. Raises: HubError 404 for a file that is not there."""
    hub, repository, path = hub_of(request), readable(request), request.path_params["path"]
    commit = hub.history.resolve(repository.key, request.path_params["rev"])
    file = hub.trees.file(commit.tree, path)
    headers = {"X-Repo-Commit": commit.oid}
    if file is None:
        raise HubError(404, f"Entry not found: {path}", "EntryNotFound", headers=headers)
    name = path.rpartition("/")[2]
    headers |= {"ETag": f'"{file.etag}"', "Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}"}
    if file.lfs:
        location = download_link(hub, _other_origin(request), file.sha256, name)
        linked = {"X-Linked-Etag": f'"{file.sha256}"', "X-Linked-Size": str(file.size), "Location": location}
        return Response(status_code=302, headers=headers | linked)
    media_type = _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "text/plain; charset=utf-8")
    return download(request, hub.blobs.path(file.sha256), file.size, headers, media_type)


async def stored(request: Request) -> Response:
    """A large file by its signed link. Raises: HubError 403, 404."""
    hub = hub_of(request)
    name = hub.signer.check_link(request)["name"]
    oid = request.path_params["oid"]
    if not hub.blobs.has(oid):
        raise HubError(404, "Object does not exist")
    headers = {"ETag": f'"{oid}"'}
    if name:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return download(request, hub.blobs.path(oid), hub.blobs.size(oid), headers, "application/octet-stream")


def download(request: Request, path: Path, size: int, headers: Mapping[str, str], media_type: str) -> Response:
    """200 with the file, 206 with a range of it, 304 if the client has it. Raises: HubError 416 for a range outside."""
    headers = {**headers, **_SAFE_HEADERS, "Accept-Ranges": "bytes"}
    if headers["ETag"] in _client_tags(request):
        return Response(status_code=304, headers=headers)
    byte_range = _byte_range(request.headers.get("range"), size)
    start, stop = byte_range or (0, size)
    if byte_range:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    status = 206 if byte_range else 200
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    if stop - start <= _DIRECT_BYTES:
        return Response(_read(path, start, stop - start), status, headers, media_type)
    return StreamingResponse(_pieces(path, start, stop), status, headers, media_type)


def _byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Start and stop (not included) of a Range header; None for the whole file. Raises: HubError 416.

    RFC 9110 allows the whole file as an answer to several ranges.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    start = _number(first) if first else max(0, size - _number(last))
    stop = min(size, _number(last) + 1) if first and last else size
    if start >= size or stop <= start:
        raise HubError(416, "The range is not in the file", headers={"Content-Range": f"bytes */{size}"})
    return start, stop


def _number(digits: str) -> int:
    """No file has a size of more than 18 digits, and Python refuses to read some thousands."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MAX_DIGITS else sys.maxsize


def _client_tags(request: Request) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}


def _read(path: Path, start: int, count: int) -> bytes:
    with path.open("rb", buffering=0) as stream:
        stream.seek(start)
        return stream.read(count)


async def _pieces(path: Path, start: int, stop: int) -> AsyncIterator[bytes]:
    with path.open("rb", buffering=0) as stream:
        stream.seek(start)
        while start < stop and (piece := await run_in_threadpool(stream.read, min(_PIECE_BYTES, stop - start))):
            start += len(piece)
            yield piece


def _other_origin(request: Request) -> str:
    """The same server under the other name of the loopback address."""
    host = request.url.hostname or ""
    return f"{request.url.scheme}://{_SPELLINGS.get(host, 'localhost')}:{request.url.port or 80}"


routes = [
    *(
        Route(f"/{prefix}{{owner}}/{{name}}/{{way:way}}/{{rev:rev}}/{{path:file}}", resolve, methods=["GET"])
        for prefix in ("{type:kind}/", "")
    ),
    Route("/-/lfs/{oid}", stored, methods=["GET"]),
]
