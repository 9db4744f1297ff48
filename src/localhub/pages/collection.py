"""A collection: its words, and the way to what it holds."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from localhub.access import asker, hub_of
from localhub.collections import Item, visible_items
from localhub.pages.links import PREFIXES, Links, owner_page
from localhub.pages.render import html
from localhub.pages.viewmodels import Choice, CollectionPage, Kept


def collection(request: Request) -> Response:
    """Raises: HubError 404, also for the private ones of others."""
    hub, account = hub_of(request), asker(request)
    shown = hub.collections.get(str(request.path_params["slug"]), account)
    page = CollectionPage(
        title=shown.title,
        description=shown.description or "",
        private=shown.private,
        owner=Choice(shown.owner, owner_page(shown.owner)),
        items=tuple(map(_kept, visible_items(hub, shown, account))),
    )
    return html(request, "collection", page)


def _kept(item: Item) -> Kept:
    """What is no repository has no page here."""
    href = Links(item.type, item.item).page if item.type in PREFIXES else ""
    return Kept(item.type, Choice(item.item, href), item.note or "")
