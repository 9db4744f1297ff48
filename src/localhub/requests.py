"""Requests: convertors of paths, query parameters, JSON bodies and large bodies.

Paths are matched as they were sent, so that `feature%2Fx` stays one revision. `{type:kind}` is models, datasets or spaces as a
repository type; `{rev:rev}` one revision; `{number:count}` a number; `{path:file}` the rest, a path. All are decoded.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from localhub.errors import HubError, bad_request

_MAX_JSON_BYTES = 16_000_000
_WRITE_BYTES = 1024 * 1024  # a hop to a worker thread for each MiB, not for each 64 KiB of the server

Endpoint = Callable[[Request], Awaitable[Response]]


class _Kind(Convertor[str]):
    regex = "models|datasets|spaces"

    def convert(self, value: str) -> str:
        return value.removesuffix("s")

    def to_string(self, value: str) -> str:
        return f"{value}s"


class _File(Convertor[str]):
    regex = ".*"

    def convert(self, value: str) -> str:
        try:
            return unquote(value, errors="strict")
        except UnicodeDecodeError:
            return "\0"  # matches no name

    def to_string(self, value: str) -> str:
        return quote(value)


class _Revision(_File):
    regex = r"refs/(?:pr|convert|heads|tags)/[^/]+|[^/]+"


class _Way(_File):
    regex = "resolve|raw"


class _Count(Convertor[int]):
    regex = "[0-9]{1,15}"  # SQLite counts further

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


_CONVERTORS: dict[str, Convertor[Any]] = {
    "kind": _Kind(),
    "count": _Count(),
    "way": _Way(),
    "rev": _Revision(),
    "file": _File(),
}
for _name, _convertor in _CONVERTORS.items():
    register_url_convertor(_name, _convertor)

REPO = "/api/{type:kind}/{owner}/{name}"


def with_json(endpoint: Callable[[Request, dict[str, Any]], Response]) -> Endpoint:
    """An endpoint that gets its JSON body, an object, and runs in a thread; an empty body is an empty object."""

    async def with_body(request: Request) -> Response:
        return await run_in_threadpool(endpoint, request, await json_body(request))

    return with_body


async def json_body(request: Request) -> dict[str, Any]:
    """Raises: HubError 400 for anything but an object, 413 for more than 16 MB."""
    data = await small_body(request)
    try:
        value = read_json(data or b"{}")
    except ValueError as error:
        raise bad_request("The body is not JSON") from error
    if not isinstance(value, dict):
        raise bad_request("The body is not a JSON object")
    return value


def read_json(data: bytes) -> Any:
    """Parse JSON in UTF-8. Raises: ValueError also for endless nesting and for text that UTF-8 cannot encode."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
        if rb"\u" in data:  # half a surrogate pair, which no database, page or commit can hold
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested without end") from error
    return value


async def small_body(request: Request) -> bytes:
    """Raises: HubError 413 for more than 16 MB, 400 if the client disconnects."""
    data = bytearray()
    async for chunk in body_chunks(request, _MAX_JSON_BYTES):
        data += chunk
    return bytes(data)


async def copy_body(request: Request, write: Callable[[bytes], object], max_bytes: int) -> int:
    """Write a request's body, in pieces and in another thread. Returns: its bytes.

    Raises: HubError 413 as soon as there are more than `max_bytes`, 400 if the client disconnects.
    """
    total, piece = 0, bytearray()
    async for chunk in body_chunks(request, max_bytes):
        total += len(chunk)
        piece += chunk
        if len(piece) >= _WRITE_BYTES:
            await run_in_threadpool(write, bytes(piece))
            piece.clear()
    if piece:
        await run_in_threadpool(write, bytes(piece))
    return total


async def body_chunks(request: Request, max_bytes: int) -> AsyncIterator[bytes]:
    """A request's body as it arrives. Raises: HubError 413 for more than `max_bytes`, 400 if the client disconnects."""
    total = 0
    try:
        async for chunk in request.stream():
            total += len(chunk)
            if total > max_bytes:
                raise HubError(413, f"The body has more than {max_bytes:,} bytes")
            yield chunk
    except ClientDisconnect as error:
        raise bad_request("The body was cut off") from error


def endpoint_of(request: Request) -> str:
    """The address of the Hub that the client used, without a slash at its end."""
    return f"{request.url.scheme}://{request.url.netloc}"


def flag(request: Request, name: str) -> bool:
    """Whether a query parameter is 1 or true."""
    return request.query_params.get(name, "").lower() in ("1", "true")


def number(request: Request, name: str, default: int, maximum: int) -> int:
    """A query parameter from 0 to `maximum`. Raises: HubError 400 for anything but a number."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise bad_request(f"{name} is a number from 0 to {maximum:,}")
    return min(int(text), maximum)


def next_page(request: Request, **changes: object) -> dict[str, str]:
    """The header that names the next page: this request with other query parameters."""
    address = request.url.include_query_params(**changes)
    return {"Link": f'<{address}>; rel="next"'}
