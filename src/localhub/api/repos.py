"""Making, naming, showing and deleting repositories."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, known_asker, readable, writable
from localhub.accounts import Account
from localhub.creating import create_repository, duplicate_repository
from localhub.errors import HubError, bad_request
from localhub.names import RepoType, checked_name, checked_type
from localhub.repositories import Repository, check_may_write
from localhub.routing import REPO, endpoint_of, with_json

_GATED = (False, "auto", "manual")


def create(request: Request, body: dict[str, Any]) -> Response:
    account = known_asker(request)
    hub = hub_of(request)
    repo_type, owner, name = (
        checked_type(body.get("type")),
        _owner(account, body.get("organization")),
        checked_name(body.get("name")),
    )
    check_may_write(account, owner)
    try:
        private = bool(_private(body))
        repository = create_repository(
            hub, repo_type, owner, name, author=account.name, private=private, sdk=_text(body.get("sdk"))
        )
    except HubError as error:
        raise _with_url(request, error, repo_type, owner, name) from error
    if repo_type == "space":
        hub.spaces.begin(repository.key, body)
    return _created(request, repository)


def delete(request: Request, body: dict[str, Any]) -> Response:
    account = known_asker(request)
    hub = hub_of(request)
    owner = _owner(account, body.get("organization"))
    repository = hub.repositories.writable(checked_type(body.get("type")), owner, checked_name(body.get("name")), account)
    hub.repositories.delete(repository)
    return JSONResponse({})


def move(request: Request, body: dict[str, Any]) -> Response:
    account = known_asker(request)
    hub = hub_of(request)
    (owner, name), (to_owner, to_name) = _id(body.get("fromRepo")), _id(body.get("toRepo"))
    repository = hub.repositories.writable(checked_type(body.get("type")), owner, name, account)
    check_may_write(account, to_owner)
    hub.repositories.rename(repository, to_owner, to_name)
    return JSONResponse({})


def settings(request: Request, body: dict[str, Any]) -> Response:
    repository = writable(request)
    gated = body.get("gated", repository.gated or False)
    if gated not in _GATED:
        raise bad_request("gated is false, auto or manual")
    private = _private(body)
    hub_of(request).repositories.set_visibility(
        repository, private=repository.private if private is None else private, gated=gated or None
    )
    return JSONResponse({"private": repository.private if private is None else private, "gated": gated})


def duplicate(request: Request, body: dict[str, Any]) -> Response:
    source = readable(request)
    account = known_asker(request)
    owner, name = _id(body.get("repository"))
    check_may_write(account, owner)
    private = _private(body)
    try:
        repository = duplicate_repository(
            hub_of(request), source, owner, name, author=account.name, private=source.private if private is None else private
        )
    except HubError as error:
        raise _with_url(request, error, source.type, owner, name) from error
    if source.type == "space":
        hub_of(request).spaces.begin(repository.key, body)
    return _created(request, repository)


def _created(request: Request, repository: Repository) -> Response:
    url = f"{endpoint_of(request)}/{repository.prefix}{repository.id}"
    return JSONResponse({"url": url, "name": repository.id, "id": f"{repository.key:024x}", "private": repository.private})


def _with_url(request: Request, error: HubError, repo_type: RepoType, owner: str, name: str) -> HubError:
    """Where the repository is that stands in the way: clients that do not mind read it from the refusal."""
    if error.status == 409:
        prefix = "" if repo_type == "model" else f"{repo_type}s/"
        error.body["url"] = f"{endpoint_of(request)}/{prefix}{owner}/{name}"
    return error


def _owner(account: Account, organisation: object) -> str:
    """Whom a request without a namespace means; names come in the spelling they were made with."""
    if organisation is None:
        return account.name
    name = checked_name(organisation)
    return next((own for own in (account.name, *account.orgs) if own.lower() == name.lower()), name)


def _id(text: object) -> tuple[str, str]:
    owner, _, name = text.partition("/") if isinstance(text, str) else ("", "", "")
    return checked_name(owner), checked_name(name)


def _private(body: dict[str, Any]) -> bool | None:
    """From `visibility`, or from the older `private`; None when neither is there."""
    visibility = body.get("visibility")
    if visibility not in (None, "private", "public"):
        raise bad_request("visibility is private or public")
    if visibility is not None:
        return bool(visibility == "private")
    private = body.get("private")
    if private is not None and not isinstance(private, bool):
        raise bad_request("private is true or false")
    return private


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


routes = [
    Route("/api/repos/create", with_json(create), methods=["POST"]),
    Route("/api/repos/delete", with_json(delete), methods=["DELETE"]),
    Route("/api/repos/move", with_json(move), methods=["POST"]),
    Route(f"{REPO}/settings", with_json(settings), methods=["PUT"]),
    Route(f"{REPO}/duplicate", with_json(duplicate), methods=["POST"]),
]
