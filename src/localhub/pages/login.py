"""Logging in and out in a browser: the token is posted once, and a cookie with a random word stands for it."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub import sessions
from localhub.access import hub_of
from localhub.errors import HubError
from localhub.pages.render import html
from localhub.pages.viewmodels import LoginPage
from localhub.routing import endpoint_of, small_body


def form(request: Request) -> Response:
    return html(request, "login", LoginPage(then=local(request.query_params.get("then", "/"))))


async def log_in(request: Request) -> Response:
    """Opens a session for a token that is known, and goes back to where the visitor came from."""
    refuse_other_sites(request)
    fields = parse_qs((await small_body(request)).decode("utf-8", "replace"))
    token, then = fields.get("token", [""])[0].strip(), local(fields.get("then", ["/"])[0])
    hub = hub_of(request)
    if not await run_in_threadpool(hub.accounts.by_token, token):
        return await run_in_threadpool(html, request, "login", LoginPage(then, "This token is not known here."), status=401)
    answer = RedirectResponse(then, 303)
    sessions.set_cookie(request, answer, hub.sessions.open(token))
    return answer


async def log_out(request: Request) -> Response:
    refuse_other_sites(request)
    hub_of(request).sessions.close(sessions.word_of(request))
    answer = RedirectResponse("/", 303)
    sessions.drop_cookie(request, answer)
    return answer


def local(address: str) -> str:
    """An address on this Hub, or its front page.

    >>> local("/datasets/o/n?split=test"), local("//example.org"), local("https://example.org"), local("/_login")
    ('/datasets/o/n?split=test', '/', '/', '/')
    """
    outside = not address.startswith("/") or address.startswith(("//", "/\\", "/_log"))
    return "/" if outside or not address.isprintable() else address


def refuse_other_sites(request: Request) -> None:
    """A form is only taken from a page of this Hub. Raises: HubError 403."""
    origin, fetched = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    if (origin is not None and origin != endpoint_of(request)) or fetched != "same-origin":
        raise HubError(403, "This form is only taken from a page of this Hub")
