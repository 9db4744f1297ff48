"""Addresses that clients print and that have no page of their own: they lead to the files that they are about."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.access import hub_of, readable
from localhub.errors import HubError
from localhub.pages.context import opened
from localhub.pages.links import Links


def commit(request: Request) -> Response:
    """The files at a commit."""
    return RedirectResponse(opened(request).links.tree(), 307)


def discussion(request: Request) -> Response:
    """The files that a pull request proposes. Raises: HubError 404 for one that is not there, or proposes none."""
    repository = readable(request)
    found = hub_of(request).discussions.get(repository.key, request.path_params["number"])
    if found.base is None:
        raise HubError(404, f"Discussion {found.number} proposes no files; clients can read what is said in it")
    return RedirectResponse(Links(repository.type, repository.id, found.ref).tree(), 307)
