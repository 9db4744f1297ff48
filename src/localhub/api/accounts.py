"""The caller's account and permissions, and the check of a card."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub import cards
from localhub.access import readable, require_caller, writable
from localhub.requests import REPO, with_json


def whoami(request: Request) -> Response:
    account = require_caller(request)
    organisations = [{"type": "org", "id": name, "name": name, "fullname": name, "roleInOrg": "admin"} for name in account.orgs]
    return JSONResponse(
        {
            "type": "user",
            "id": account.name,
            "name": account.name,
            "fullname": account.name,
            "email": f"{account.name}@localhost",
            "emailVerified": True,
            "isPro": False,
            "canPay": False,
            "periodEnd": None,
            "avatarUrl": "",
            "orgs": organisations,
            "auth": {"type": "access_token", "accessToken": {"displayName": "local", "role": account.role}},
        }
    )


def may_read(request: Request) -> Response:
    readable(request)
    return JSONResponse({})


def may_write(request: Request) -> Response:
    writable(request)
    return JSONResponse({})


def validate_card(_: Request, body: dict[str, Any]) -> Response:
    """Whether the YAML block of a README can be read; the client asks before it commits a card."""
    content = body.get("content")
    card = cards.split(content) if isinstance(content, str) else None
    if card is None:
        warning = {"message": "empty or missing yaml metadata in repo card"}
        return JSONResponse({"errors": [], "warnings": [warning]})
    try:
        cards.parse(card[0])
    except ValueError as error:
        return JSONResponse({"errors": [{"message": str(error)}], "warnings": [], "error": "Invalid metadata"}, 400)
    return JSONResponse({"errors": [], "warnings": []})


routes = [
    Route("/api/whoami-v2", whoami),
    Route("/api/validate-yaml", with_json(validate_card), methods=["POST"]),
    Route(f"{REPO}/auth-check", may_read),
    Route(f"{REPO}/auth-check/write", may_write),
]
