"""Collections, as `HfApi` makes, shows, changes and deletes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import asker, hub_of, known_asker
from localhub.accounts import Account
from localhub.collections import Collection, Item, visible_items
from localhub.names import checked_name
from localhub.repositories import check_may_write
from localhub.routing import next_page, number, with_json

if TYPE_CHECKING:
    from localhub.hub import Hub

_MAX_PAGE = 100
_SHOWN_ITEMS = 4


def listing(request: Request) -> Response:
    """Of an owner, or with an item (`datasets/owner/name`); a page at a time."""
    hub, account, query = hub_of(request), asker(request), request.query_params
    limit, start = number(request, "limit", _MAX_PAGE, _MAX_PAGE), number(request, "cursor", 0, 1 << 40)
    wanted = set(query.getlist("item"))
    found = [
        collection
        for collection in hub.collections.all(account, query.get("owner"))
        if not wanted or wanted & {f"{item.type}s/{item.item}" for item in hub.collections.items(collection)}
    ]
    headers = next_page(request, cursor=start + limit) if limit > 0 and start + limit < len(found) else {}
    page = [_answer(hub, account, collection, most=_SHOWN_ITEMS) for collection in found[start : start + limit]]
    return JSONResponse(page, headers=headers)


def create(request: Request, body: dict[str, Any]) -> Response:
    account, hub = known_asker(request), hub_of(request)
    owner = checked_name(body.get("namespace") or account.name)
    check_may_write(account, owner)
    collection = hub.collections.create(owner, body.get("title"), body.get("description"), private=body.get("private") is True)
    return JSONResponse(_whole(hub, account, collection.id))


def show(request: Request) -> Response:
    hub, account = hub_of(request), asker(request)
    return JSONResponse(_whole(hub, account, request.path_params["slug"]))


def update(request: Request, body: dict[str, Any]) -> Response:
    hub, account, collection = _writable(request)
    hub.collections.update(collection, body)
    return JSONResponse({"success": True, "data": _whole(hub, account, collection.id)})


def delete(request: Request) -> Response:
    hub, _, collection = _writable(request)
    hub.collections.delete(collection)
    return JSONResponse({"success": True})


def add_item(request: Request, body: dict[str, Any]) -> Response:
    """Of the repositories, only those that the asker can see."""
    hub, account, collection = _writable(request)
    asked = body.get("item")
    kind, name = (asked.get("type"), asked.get("id")) if isinstance(asked, dict) else (None, None)
    if kind in ("model", "dataset", "space"):
        owner, _, short = name.partition("/") if isinstance(name, str) else ("", "", "")
        hub.repositories.readable(kind, owner, short, account)
    hub.collections.add_item(collection, kind, name, body.get("note"))
    return JSONResponse(_whole(hub, account, collection.id))


def update_item(request: Request, body: dict[str, Any]) -> Response:
    hub, _, collection = _writable(request)
    hub.collections.update_item(collection, request.path_params["item"], body)
    return JSONResponse({"success": True})


def delete_item(request: Request) -> Response:
    hub, _, collection = _writable(request)
    hub.collections.delete_item(collection, request.path_params["item"])
    return JSONResponse({"success": True})


def _writable(request: Request) -> tuple[Hub, Account, Collection]:
    hub, account = hub_of(request), known_asker(request)
    collection = hub.collections.get(request.path_params["slug"], account)
    check_may_write(account, collection.owner)
    return hub, account, collection


def _whole(hub: Hub, account: Account | None, slug: str) -> dict[str, Any]:
    """All of a collection; its place among others is only told here: in lists the client counts itself."""
    collection = hub.collections.get(slug, account)
    return _answer(hub, account, collection) | {"position": collection.position}


def _answer(hub: Hub, account: Account | None, collection: Collection, most: int | None = None) -> dict[str, Any]:
    items = visible_items(hub, collection, account)
    return {
        "slug": collection.slug,
        "title": collection.title,
        "description": collection.description,
        "owner": {"type": hub.accounts.kind(collection.owner), "name": collection.owner, "fullname": collection.owner},
        "lastUpdated": collection.updated,
        "private": collection.private,
        "theme": collection.theme,
        "upvotes": 0,
        "numberItems": len(items),
        "items": [_item(item) for item in items[:most]],
    }


def _item(item: Item) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "_id": item.id,
        "id": item.item,
        "type": item.type,
        "repoType": item.type,
        "position": item.position,
    }
    return answer | ({"note": {"text": item.note, "html": ""}} if item.note else {})


_ONE = "/api/collections/{slug:file}"

routes = [
    Route("/api/collections", listing),
    Route("/api/collections", with_json(create), methods=["POST"]),
    Route(f"{_ONE}/items", with_json(add_item), methods=["POST"]),
    Route(f"{_ONE}/items/{{item}}", with_json(update_item), methods=["PATCH"]),
    Route(f"{_ONE}/items/{{item}}", delete_item, methods=["DELETE"]),
    Route(_ONE, show),
    Route(_ONE, with_json(update), methods=["PATCH"]),
    Route(_ONE, delete, methods=["DELETE"]),
]
