"""The bytes of a blob as an answer: all of them, or the range that was asked for; in constant memory."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from localhub.errors import HubError

_AT_ONCE_BYTES = 256 * 1024
"""Up to here a file is read where the request is answered: that is quicker than the way to another thread."""
_PIECE_BYTES = 1024 * 1024
_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_MAX_DIGITS = 18
_DISPLAYED = {
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
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


class Span(NamedTuple):
    """Bytes `start` to `stop` (not included) of a file."""

    start: int
    stop: int


def media_type(name: str, default: str) -> str:
    """What a browser may show; never a page that it would run."""
    return _DISPLAYED.get(name.rpartition(".")[2].lower(), default)


def download(request: Request, path: Path, size: int, headers: Mapping[str, str], kind: str) -> Response:
    """200 with the file, 206 with a range of it, 304 when the client has it. Raises: HubError 416 for a range outside."""
    headers = {**headers, **_HARMLESS, "Accept-Ranges": "bytes"}
    if headers.get("ETag") and headers["ETag"] in _known(request):
        return Response(status_code=304, headers=headers)
    span = asked_range(request.headers.get("range"), size)
    start, stop = span or Span(0, size)
    if span:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    status = 206 if span else 200
    headers["Content-Length"] = str(stop - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=kind)
    if stop - start <= _AT_ONCE_BYTES:
        return Response(_read(path, start, stop - start), status, headers, kind)
    return StreamingResponse(_pieces(path, start, stop), status, headers, kind)


def asked_range(words: str | None, size: int) -> Span | None:
    """What a Range header asks of a file of `size` bytes; None for all of it. Raises: HubError 416.

    More than one range at once may be answered with the whole file, says RFC 9110, and is.
    """
    match = _RANGE.fullmatch(words.strip()) if words else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    start = _number(first) if first else max(0, size - _number(last))
    stop = min(size, _number(last) + 1) if first and last else size
    if start >= size or stop <= start:
        raise HubError(416, "The range is not in the file", headers={"Content-Range": f"bytes */{size}"})
    return Span(start, stop)


def _number(digits: str) -> int:
    """No file has as many bytes as takes more than 18 digits to say, and Python reads no more than some thousand."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MAX_DIGITS else sys.maxsize


def _known(request: Request) -> set[str]:
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
