"""Web pages of the local Hub: no JavaScript needed, no request to any other machine.

Their addresses come last in the application: `/OWNER/NAME` matches many.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, readable
from localhub.errors import HubError
from localhub.history import pull_request_ref
from localhub.pages import files, home, repository
from localhub.pages.context import open_repository
from localhub.pages.links import Links
from localhub.pages.render import html, static

__all__ = ["problem", "routes"]

View = Callable[[Request], Response]
_REPOS = ("/{type:kind}/{owner}/{name}", "/{owner}/{name}")


def page(view: View) -> View:
    """A view whose refusals are pages too."""

    def with_problem(request: Request) -> Response:
        try:
            return view(request)
        except HubError as error:
            return problem(request, error)

    return with_problem


def problem(request: Request, error: HubError) -> Response:
    """The same page for a missing repository and for one that the visitor may not see."""
    status = HTTPStatus(error.status)
    context = {
        "status": error.status,
        "title": status.phrase,
        "message": str(error),
        "may_log_in": status == HTTPStatus.NOT_FOUND,
    }
    return html(request, "problem", context, error.status)


def _commit(request: Request) -> Response:
    """The address of a commit, as clients print it, leads to its files."""
    return RedirectResponse(open_repository(request).links.tree(), 307)


def _pull_request(request: Request) -> Response:
    """The address of a pull request leads to its files. Raises: HubError 404."""
    target, number = readable(request), request.path_params["number"]
    hub_of(request).history.pull_request_author(target.key, number)
    return RedirectResponse(Links(target.type, target.id, pull_request_ref(number)).tree(), 307)


_VIEWS: dict[str, View] = {
    "": repository.repository,
    "/tree/{rev:rev}": files.tree,
    "/tree/{rev:rev}/{path:file}": files.tree,
    "/blob/{rev:rev}/{path:file}": files.file,
    "/commits/{rev:rev}": files.commits,
    "/commit/{rev:rev}": _commit,
    "/discussions/{number:count}": _pull_request,
}
routes = [
    Route("/", page(home.front)),
    Route("/_static/{file}", static),
    Route("/_login", page(home.login_form)),
    Route("/_login", home.log_in, methods=["POST"]),
    Route("/_logout", home.log_out, methods=["POST"]),
    Route("/collections/{slug:file}", page(home.collection)),
    Route("/{type:kind}", home.of_type),
    *(Route(repo + tail, page(view)) for repo in _REPOS for tail, view in _VIEWS.items()),
    Route("/{owner}", page(home.owner)),
]
