"""Who am I, who is that, may I."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub import cards
from localhub.access import hub_of, known_asker, readable, writable
from localhub.errors import HubError
from localhub.routing import REPO, with_json


def whoami(request: Request) -> Response:
    account = known_asker(request)
    organisations = [{"type": "org", "id": name, "name": name, "fullname": name, "roleInOrg": "admin"} for name in account.orgs]
    token = {"displayName": "local", "role": account.role}
    return JSONResponse(
        {
            **_person(account.name),
            "id": account.name,
            "email": f"{account.name}@localhost",
            "emailVerified": True,
            "canPay": False,
            "periodEnd": None,
            "orgs": organisations,
            "auth": {"type": "access_token", "accessToken": token},
        }
    )


def overview(request: Request) -> Response:
    name = request.path_params["owner"]
    kind = "org" if request.url.path.startswith("/api/organizations/") else "user"
    if hub_of(request).accounts.kind(name) != kind:
        raise HubError(404, f"No such {'organization' if kind == 'org' else 'user'}")
    return JSONResponse({**_person(name), "user": name, "type": kind})


def may_read(request: Request) -> Response:
    readable(request)
    return JSONResponse({})


def may_write(request: Request) -> Response:
    writable(request)
    return JSONResponse({})


def validate_card(_: Request, body: dict[str, Any]) -> Response:
    """What `RepoCard.validate` asks: is the YAML block of a README one that the Hub can read."""
    content = body.get("content")
    found = cards.block(content) if isinstance(content, str) else None
    if found is None:
        warning = {"message": "empty or missing yaml metadata in repo card"}
        return JSONResponse({"errors": [], "warnings": [warning]})
    try:
        cards.parsed(found[0])
    except ValueError as error:
        return JSONResponse({"errors": [{"message": str(error)}], "warnings": [], "error": "Invalid metadata"}, 400)
    return JSONResponse({"errors": [], "warnings": []})


def _person(name: str) -> dict[str, Any]:
    return {"type": "user", "name": name, "fullname": name, "isPro": False, "avatarUrl": ""}


routes = [
    Route("/api/whoami-v2", whoami),
    Route("/api/users/{owner}/overview", overview),
    Route("/api/organizations/{owner}/overview", overview),
    Route("/api/validate-yaml", with_json(validate_card), methods=["POST"]),
    Route(f"{REPO}/auth-check", may_read),
    Route(f"{REPO}/auth-check/write", may_write),
]
