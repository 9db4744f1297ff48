"""Login and logout in a browser: the token is posted once; a cookie with a random id stands for it."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub import sessions
from localhub.access import hub_of
from localhub.errors import HubError
from localhub.pages.render import html
from localhub.requests import endpoint_of, small_body


def form(request: Request) -> Response:
    return html(request, "login", {"then": _local(request.query_params.get("then", "/")), "problem": ""})


async def log_in(request: Request) -> Response:
    """Start a session for a known token, and return to the page before."""
    _check_same_site(request)
    fields = parse_qs((await small_body(request)).decode("utf-8", "replace"))
    token, then = fields.get("token", [""])[0].strip(), _local(fields.get("then", ["/"])[0])
    hub = hub_of(request)
    if not await run_in_threadpool(hub.accounts.by_token, token):
        context = {"then": then, "problem": "This token is unknown here."}
        return await run_in_threadpool(html, request, "login", context, 401)
    answer = RedirectResponse(then, 303)
    sessions.set_cookie(request, answer, hub.sessions.open(token))
    return answer


async def log_out(request: Request) -> Response:
    _check_same_site(request)
    hub_of(request).sessions.close(sessions.session_of(request))
    answer = RedirectResponse("/", 303)
    sessions.drop_cookie(request, answer)
    return answer


def _local(address: str) -> str:
    """An address on this Hub, or its front page.

    >>> _local("/datasets/o/n?split=test"), _local("//example.org"), _local("https://example.org"), _local("/_login")
    ('/datasets/o/n?split=test', '/', '/', '/')
    """
    outside = not address.startswith("/") or address.startswith(("//", "/\\", "/_log"))
    return "/" if outside or not address.isprintable() else address


def _check_same_site(request: Request) -> None:
    """Accept forms of this Hub's own pages only. Raises: HubError 403."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    if (origin is not None and origin != endpoint_of(request)) or site != "same-origin":
        raise HubError(403, "Only a form of this Hub's own pages is accepted")
