"""Templates into responses, with headers that restrict what a page may do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from localhub.access import caller
from localhub.errors import HubError
from localhub.pages.context import Summary
from localhub.requests import endpoint_of

_PACKAGE = "localhub.pages"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache, private",
    "Vary": "Cookie",
}
_SPACE = "\u00a0"  # a number and its unit stay on one line
_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


def html(request: Request, template: str, context: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """A page from templates/TEMPLATE.html.jinja."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    text = (
        _environment()
        .get_template(f"{template}.html.jinja")
        .render(
            {"query": "", **context},
            visitor=_visitor(request),
            login_href=f"/_login?then={quote(address, safe='/')}",
            endpoint=endpoint_of(request),
        )
    )
    return HTMLResponse(text, status, headers={**_HEADERS, "Content-Security-Policy": _policy(request)})


def static(request: Request) -> Response:
    """A file of the package. Its address carries its hash, so browsers may keep it for good."""
    asset = _assets().get(request.path_params["file"])
    if asset is None:
        return Response(status_code=404)
    content, media_type = asset
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)


def size_text(tree: Summary) -> str:
    """'2 files, 12.3 MB'."""
    return f"{'1 file' if tree.files == 1 else f'{tree.files:,} files'}, {_size(tree.size)}"


def _size(size_bytes: int) -> str:
    """Bytes in decimal units with three digits: 12345678 -> '12.3 MB', 999 -> '999 bytes'."""
    value, unit = float(size_bytes), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 0 if unit == 0 or value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f}{_SPACE}{_UNITS[unit]}"


def _visitor(request: Request) -> str | None:
    """The name of the account that is logged in."""
    try:
        account = caller(request)
    except HubError:  # the page about an unknown token has no name on it
        return None
    return account.name if account else None


def _policy(request: Request) -> str:
    """Only this Hub's own content. Pictures in LFS are redirected to the other name of this machine, so both are named."""
    _, port = request.scope.get("server") or ("", None)
    both = f" http://127.0.0.1:{port} http://localhost:{port}" if port else ""
    return (
        f"default-src 'self'; img-src 'self' data:{both}; script-src 'self'; style-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    folder = files(_PACKAGE) / "static"
    return {file.name: (file.read_bytes(), _TYPES[file.name.rpartition(".")[2]]) for file in folder.iterdir()}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"size": _size, "count": "{:,}".format, "day": lambda date: date[:10]}
    environment.globals["static"] = _static_address
    return environment


@cache
def _static_address(name: str) -> str:
    return f"/_static/{name}?{sha256(_assets()[name][0]).hexdigest()[:12]}"
