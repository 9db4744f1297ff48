"""Paths of endpoints. They are matched against the path as it was sent, so that `feature%2Fx` stays one revision.

`{type:kind}` is models, datasets or spaces, given as a repository type; `{rev:rev}` one revision; `{number:count}` a number;
`{path:file}` the rest, a path in a repository. All come decoded.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote

from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from localhub.errors import HubError, bad_request
from localhub.json_body import read_json

_MAX_JSON_BYTES = 16_000_000

Endpoint = Callable[[Request], Awaitable[Response]]


class _Kind(Convertor[str]):
    regex = "models|datasets|spaces"

    def convert(self, value: str) -> str:
        return value.removesuffix("s")

    def to_string(self, value: str) -> str:
        return f"{value}s"


class _Revision(Convertor[str]):
    regex = r"refs/(?:pr|convert|heads|tags)/[^/]+|[^/]+"

    def convert(self, value: str) -> str:
        return _decoded(value)

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


class _File(Convertor[str]):
    regex = ".*"

    def convert(self, value: str) -> str:
        return _decoded(value)

    def to_string(self, value: str) -> str:
        return quote(value)


class _Count(Convertor[int]):
    regex = "[0-9]{1,15}"  # what a database can count to, and more

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


class _Setting(_File):
    regex = "secrets|variables"


class _Way(_File):
    regex = "resolve|raw"


register_url_convertor("kind", _Kind())
register_url_convertor("settings", _Setting())
register_url_convertor("count", _Count())
register_url_convertor("way", _Way())
register_url_convertor("rev", _Revision())
register_url_convertor("file", _File())

REPO = "/api/{type:kind}/{owner}/{name}"


def _decoded(value: str) -> str:
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        return "\0"  # no name of anything


def with_json(endpoint: Callable[[Request, dict[str, Any]], Response]) -> Endpoint:
    """An endpoint that is given its JSON body, an object, and runs in a thread; an empty body is an empty object."""

    async def received(request: Request) -> Response:
        return await run_in_threadpool(endpoint, request, await json_body(request))

    return received


async def json_body(request: Request) -> dict[str, Any]:
    """Raises: HubError 400 for what is no object, 413 for more than 16 MB."""
    data = await small_body(request)
    try:
        value = read_json(data or b"{}")
    except ValueError as error:
        raise bad_request("The body is not JSON") from error
    if not isinstance(value, dict):
        raise bad_request("The body is not a JSON object")
    return value


async def small_body(request: Request) -> bytes:
    """Raises: HubError 413 for more than 16 MB, 400 when the client goes away."""
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > _MAX_JSON_BYTES:
                raise HubError(413, f"The body has more than {_MAX_JSON_BYTES:,} bytes")
    except ClientDisconnect as error:
        raise bad_request("The body was cut off") from error
    return bytes(data)


def endpoint_of(request: Request) -> str:
    """The address that the client knows the Hub by, without a slash at its end."""
    return f"{request.url.scheme}://{request.url.netloc}"


def flag(request: Request, name: str) -> bool:
    """Whether a query parameter says yes."""
    return request.query_params.get(name, "").lower() in ("1", "true")


def number(request: Request, name: str, default: int, most: int) -> int:
    """A query parameter from 0 to `most`. Raises: HubError 400 for what is no number."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise bad_request(f"{name} is a number from 0 to {most:,}")
    return min(int(text), most)


def next_page(request: Request, **changes: object) -> dict[str, str]:
    """The header that names the next page: this request with other query parameters."""
    address = request.url.include_query_params(**changes)
    return {"Link": f'<{address}>; rel="next"'}
