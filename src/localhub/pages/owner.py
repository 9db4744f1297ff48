"""Whatever a visitor may see of one user or organisation: repositories by type, and collections."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.access import asker, hub_of
from localhub.errors import HubError
from localhub.pages.home import MAX_ROWS, found
from localhub.pages.links import collection_page
from localhub.pages.render import html
from localhub.pages.viewmodels import KIND_WORDS, Choice, OwnerPage


def owner(request: Request) -> Response:
    """Raises: HubError 404 for a name that is nobody's."""
    hub, account, name = hub_of(request), asker(request), str(request.path_params["owner"])
    kind = hub.accounts.kind(name)
    if kind is None:
        raise HubError(404, f"There is no user or organisation {name[:100]}")
    rows = {one: found(hub, hub.repositories.all(one, account, name)) for one in KIND_WORDS}
    collections = [Choice(one.title, collection_page(one.slug)) for one in hub.collections.all(account, name)]
    page = OwnerPage(
        name=name,
        kind="user" if kind == "user" else "organisation",
        groups=tuple((KIND_WORDS[one], tuple(some[:MAX_ROWS])) for one, some in rows.items() if some),
        left_out=sum(max(0, len(some) - MAX_ROWS) for some in rows.values()),
        collections=tuple(collections),
    )
    return html(request, "owner", page)


def of_type(request: Request) -> Response:
    """`/datasets` and the like: the front page, of that type alone."""
    return RedirectResponse(f"/?type={request.path_params['type']}", 307)
