"""Commits, branches and tags."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, readable, writable
from localhub.errors import bad_request
from localhub.history import MAIN
from localhub.names import checked_ref
from localhub.requests import REPO, flag, next_page, number, with_json

_PAGE = 50
_MAX_PAGE = 1000
_GROUPS = {"heads": "branches", "convert": "converts", "tags": "tags", "pr": "pullRequests"}


def commits(request: Request) -> Response:
    """A page of commits, newest first."""
    hub = hub_of(request)
    head = hub.history.resolve(readable(request).key, request.path_params["rev"])
    page, limit = number(request, "p", 0, 1 << 30), max(1, number(request, "limit", _PAGE, _MAX_PAGE))
    answers: list[dict[str, Any]] = [
        {
            "id": commit.oid,
            "title": commit.title,
            "message": commit.description,
            "date": commit.date,
            "authors": [{"user": commit.author}],
        }
        for commit in hub.history.ancestors(head, page * limit, limit)
    ]
    headers = {"X-Total-Count": str(head.depth)}
    if (page + 1) * limit < head.depth:
        headers |= next_page(request, p=page + 1)
    return JSONResponse(answers, headers=headers)


def refs(request: Request) -> Response:
    groups: dict[str, list[dict[str, str]]] = {group: [] for group in _GROUPS.values()}
    for ref, oid in hub_of(request).history.refs(readable(request).key):
        _, kind, name = ref.split("/", 2)
        groups[_GROUPS[kind]].append({"name": name, "ref": ref, "targetCommit": oid})
    if not flag(request, "include_prs"):
        del groups["pullRequests"]
    return JSONResponse(groups)


def create_branch(request: Request, body: dict[str, Any]) -> Response:
    """Create a branch. Raises: HubError 400 for a starting point that is no text."""
    repository, hub = writable(request), hub_of(request)
    name, start = checked_ref(request.path_params["rev"]), body.get("startingPoint") or "main"
    if not isinstance(start, str):
        raise bad_request("startingPoint is a revision")
    with hub.database.write() as connection:
        hub.history.create_ref(connection, f"refs/heads/{name}", hub.history.resolve(repository.key, start))
    return JSONResponse({})


def delete_branch(request: Request) -> Response:
    """Delete a branch. Raises: HubError 400 for the main branch."""
    ref = f"refs/heads/{request.path_params['rev']}"
    if ref == MAIN:
        raise bad_request("The main branch cannot be deleted")
    return _delete(request, ref)


def create_tag(request: Request, body: dict[str, Any]) -> Response:
    """Create a tag. Raises: HubError 400 for a message that is no text."""
    repository, hub = writable(request), hub_of(request)
    name, message = checked_ref(body.get("tag")), body.get("message")
    if message is not None and not isinstance(message, str):
        raise bad_request("message is a text")
    with hub.database.write() as connection:
        target = hub.history.resolve(repository.key, request.path_params["rev"])
        hub.history.create_ref(connection, f"refs/tags/{name}", target, message)
    return JSONResponse({})


def delete_tag(request: Request) -> Response:
    return _delete(request, f"refs/tags/{request.path_params['rev']}")


def _delete(request: Request, ref: str) -> Response:
    repository, hub = writable(request), hub_of(request)
    with hub.database.write() as connection:
        hub.history.delete_ref(connection, repository.key, ref)
    return JSONResponse({})


routes = [
    Route(f"{REPO}/commits/{{rev:rev}}", commits),
    Route(f"{REPO}/refs", refs),
    Route(f"{REPO}/branch/{{rev:rev}}", with_json(create_branch), methods=["POST"]),
    Route(f"{REPO}/branch/{{rev:rev}}", delete_branch, methods=["DELETE"]),
    Route(f"{REPO}/tag/{{rev:rev}}", with_json(create_tag), methods=["POST"]),
    Route(f"{REPO}/tag/{{rev:rev}}", delete_tag, methods=["DELETE"]),
]
