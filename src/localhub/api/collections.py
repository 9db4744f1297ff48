"""Collections: create, show, add a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import caller, hub_of, require_caller
from localhub.accounts import Account
from localhub.collections import Item, visible_items
from localhub.errors import bad_request
from localhub.names import REPO_TYPES, checked_name
from localhub.repositories import check_may_write
from localhub.requests import with_json

if TYPE_CHECKING:
    from localhub.hub import Hub


def create(request: Request, body: dict[str, Any]) -> Response:
    account, hub = require_caller(request), hub_of(request)
    owner = checked_name(body.get("namespace") or account.name)
    check_may_write(account, owner)
    slug = hub.collections.create(owner, body.get("title"), body.get("description"), private=body.get("private") is True)
    return JSONResponse(_answer(hub, account, slug))


def show(request: Request) -> Response:
    return JSONResponse(_answer(hub_of(request), caller(request), request.path_params["slug"]))


def add_item(request: Request, body: dict[str, Any]) -> Response:
    """Add a repository that the caller may see. Raises: HubError 400 for an item without id or type."""
    hub, account = hub_of(request), require_caller(request)
    collection = hub.collections.get(request.path_params["slug"], account)
    check_may_write(account, collection.owner)
    item = body.get("item")
    repo_type, repo_id = (item.get("type"), item.get("id")) if isinstance(item, dict) else (None, None)
    if repo_type not in REPO_TYPES or not isinstance(repo_id, str):
        raise bad_request(f"An item has an id and a type. Allowed types: {', '.join(REPO_TYPES)}")
    owner, _, name = repo_id.partition("/")
    hub.repositories.readable(repo_type, owner, name, account)
    hub.collections.add_item(collection, repo_type, repo_id, body.get("note"))
    return JSONResponse(_answer(hub, account, collection.id))


def _answer(hub: Hub, account: Account | None, name: str) -> dict[str, Any]:
    collection = hub.collections.get(name, account)
    items = visible_items(hub, collection, account)
    return {
        "slug": collection.slug,
        "title": collection.title,
        "description": collection.description,
        "owner": {"type": hub.accounts.kind(collection.owner), "name": collection.owner, "fullname": collection.owner},
        "lastUpdated": collection.updated,
        "position": collection.position,
        "private": collection.private,
        "theme": collection.theme,
        "upvotes": 0,
        "numberItems": len(items),
        "items": [_item(item) for item in items],
    }


def _item(item: Item) -> dict[str, Any]:
    answer = {"_id": item.id, "id": item.item, "type": item.type, "repoType": item.type, "position": item.position}
    return answer | ({"note": {"text": item.note, "html": ""}} if item.note else {})


_COLLECTION = "/api/collections/{slug:file}"

routes = [
    Route("/api/collections", with_json(create), methods=["POST"]),
    Route(f"{_COLLECTION}/items", with_json(add_item), methods=["POST"]),
    Route(_COLLECTION, show),
]
