"""Addresses of the pages. They come last in the application: `/OWNER/NAME` fits much."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localhub.errors import HubError
from localhub.pages import collection, file, home, listing, login, owner, redirects, repository
from localhub.pages.render import html, static
from localhub.pages.viewmodels import ProblemPage

View = Callable[[Request], Response]
_REPOS = ("/{owner}/{name}", "/{type:kind}/{owner}/{name}")


def page(view: View) -> View:
    """A view whose refusals are pages too."""

    def answered(request: Request) -> Response:
        try:
            return view(request)
        except HubError as error:
            return problem(request, error)

    return answered


def problem(request: Request, error: HubError) -> Response:
    """The same page for what is not there and for what the visitor may not know of."""
    shown = ProblemPage(
        error.status, HTTPStatus(error.status).phrase, str(error), may_log_in=error.status == HTTPStatus.NOT_FOUND
    )
    return html(request, "problem", shown, status=error.status)


def _of_repositories() -> list[Route]:
    views = {
        "": repository.repository,
        "/tree/{rev:rev}": listing.tree,
        "/tree/{rev:rev}/{path:file}": listing.tree,
        "/blob/{rev:rev}/{path:file}": file.file,
        "/commits/{rev:rev}": listing.commits,
        "/commit/{rev:rev}": redirects.commit,
        "/discussions/{number:count}": redirects.discussion,
    }
    return [Route(repo + tail, page(view)) for repo in reversed(_REPOS) for tail, view in views.items()]


routes = [
    Route("/", page(home.front)),
    Route("/_static/{file}", static),
    Route("/_login", page(login.form)),
    Route("/_login", login.log_in, methods=["POST"]),
    Route("/_logout", login.log_out, methods=["POST"]),
    Route("/collections/{slug:file}", page(collection.collection)),
    Route("/{type:kind}", owner.of_type),
    *_of_repositories(),
    Route("/{owner}", page(owner.owner)),
]
