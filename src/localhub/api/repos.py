"""Creating, hiding and deleting repositories."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, require_caller, writable
from localhub.accounts import Account
from localhub.committing import create_repository
from localhub.errors import HubError, bad_request
from localhub.names import checked_name, checked_type
from localhub.repositories import check_may_write
from localhub.requests import REPO, endpoint_of, with_json


def create(request: Request, body: dict[str, Any]) -> Response:
    account, hub = require_caller(request), hub_of(request)
    repo_type, owner = checked_type(body.get("type")), _owner(account, body.get("organization"))
    name, sdk, private = checked_name(body.get("name")), body.get("sdk"), bool(_private(body))
    check_may_write(account, owner)
    address = f"{endpoint_of(request)}/{'' if repo_type == 'model' else f'{repo_type}s/'}"
    try:
        repository = create_repository(hub, repo_type, owner, name, author=account.name, private=private, sdk=sdk)
    except HubError as error:
        if error.status == 409:  # with `exist_ok` the client reads the address from the refusal
            error.body["url"] = f"{address}{owner}/{name}"
        raise
    url = f"{address}{repository.id}"
    return JSONResponse({"url": url, "name": repository.id, "id": f"{repository.key:024x}", "private": repository.private})


def delete(request: Request, body: dict[str, Any]) -> Response:
    account, hub = require_caller(request), hub_of(request)
    owner = _owner(account, body.get("organization"))
    repository = hub.repositories.writable(checked_type(body.get("type")), owner, checked_name(body.get("name")), account)
    hub.repositories.delete(repository)
    return JSONResponse({})


def settings(request: Request, body: dict[str, Any]) -> Response:
    """Make a repository private or public. Raises: HubError 400 for gating, which this Hub does not have."""
    repository = writable(request)
    if body.get("gated", False) is not False:
        raise bad_request("gated is false: this Hub has no access requests")
    private = _private(body)
    private = repository.private if private is None else private
    hub_of(request).repositories.set_private(repository, private=private)
    return JSONResponse({"private": private, "gated": False})


def _owner(account: Account, organisation: object) -> str:
    """The owner that a request names, in the spelling of their account; the caller by default."""
    if organisation is None:
        return account.name
    name = checked_name(organisation)
    return next((own for own in (account.name, *account.orgs) if own.lower() == name.lower()), name)


def _private(body: dict[str, Any]) -> bool | None:
    """From `visibility`, or from the older `private`; None without either."""
    visibility, private = body.get("visibility"), body.get("private")
    if visibility not in (None, "private", "public"):
        raise bad_request("visibility is private or public")
    if private is not None and not isinstance(private, bool):
        raise bad_request("private is true or false")
    return private if visibility is None else bool(visibility == "private")


routes = [
    Route("/api/repos/create", with_json(create), methods=["POST"]),
    Route("/api/repos/delete", with_json(delete), methods=["DELETE"]),
    Route(f"{REPO}/settings", with_json(settings), methods=["PUT"]),
]
