"""Templates into responses, with the headers that keep a page from doing more than it should."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from localhub.access import asker
from localhub.errors import HubError
from localhub.pages import numbers
from localhub.routing import endpoint_of

_PACKAGE = "localhub.pages"
_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache, private",
    "Vary": "Cookie",
}


def html(request: Request, template: str, page: object, *, status: int = 200, query: str = "") -> HTMLResponse:
    """A page from templates/TEMPLATE.html.jinja, given `page`; `query` is what stands in the search field."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    text = (
        _environment()
        .get_template(f"{template}.html.jinja")
        .render(
            page=page,
            visitor=visitor(request),
            query=query,
            login_href=f"/_login?then={quote(here, safe='/')}",
            endpoint=endpoint_of(request),
        )
    )
    return HTMLResponse(text, status, headers={**_HEADERS, "Content-Security-Policy": policy(request)})


def visitor(request: Request) -> str | None:
    """The name of who is logged in."""
    try:
        account = asker(request)
    except HubError:  # a token that is not known: the page about that has no name on it
        return None
    return account.name if account else None


def policy(request: Request) -> str:
    """Only what this Hub serves. Pictures in LFS are redirected to the other name of this machine, so both are named."""
    _, port = request.scope.get("server") or ("", None)
    both = f" http://127.0.0.1:{port} http://localhost:{port}" if port else ""
    return (
        f"default-src 'self'; img-src 'self' data:{both}; script-src 'self'; style-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def static(request: Request) -> Response:
    """A file of the package. Its address carries its hash, so a browser may keep it for good."""
    asset = _assets().get(request.path_params["file"])
    if asset is None:
        return Response(status_code=404)
    content, kind = asset
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=kind, headers=headers)


@cache
def _assets() -> dict[str, tuple[bytes, str]]:
    folder = files(_PACKAGE) / "static"
    return {file.name: (file.read_bytes(), _TYPES[file.name.rpartition(".")[2]]) for file in folder.iterdir()}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_PACKAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"size": numbers.size, "count": numbers.count, "day": lambda date: date[:10]}
    environment.globals["static"] = _static_address
    return environment


@cache
def _static_address(name: str) -> str:
    return f"/_static/{name}?{sha256(_assets()[name][0]).hexdigest()[:12]}"
