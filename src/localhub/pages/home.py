"""Lists of repositories: the front page, an owner, a collection; and logging in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub import cards, sessions
from localhub.access import caller, hub_of
from localhub.collections import visible_items
from localhub.errors import HubError
from localhub.history import MAIN
from localhub.pages.context import Link, RepoRow, summary
from localhub.pages.links import Links, collection_page, owner_page
from localhub.pages.render import html, size_text
from localhub.repositories import Repository
from localhub.requests import endpoint_of, small_body

if TYPE_CHECKING:
    from localhub.hub import Hub


TYPE_TITLES = {"dataset": "Datasets", "model": "Models", "space": "Spaces"}
_MAX_ROWS = 100  # of one type
_MAX_QUERY = 200


def front(request: Request) -> Response:
    """Every repository that the visitor may see, by type, newest first; `q` searches names and tags."""
    query, repo_type = request.query_params.get("q", "").strip()[:_MAX_QUERY], request.query_params.get("type")
    types = [repo_type] if repo_type in TYPE_TITLES else list(TYPE_TITLES)
    groups = _groups(request, types, query=query.lower())
    return html(request, "front", {"query": query, "types": _type_links(query, repo_type), **groups})


def of_type(request: Request) -> Response:
    """`/datasets`, `/models` and `/spaces`: the front page with one type."""
    return RedirectResponse(f"/?type={request.path_params['type']}", 307)


def owner(request: Request) -> Response:
    """A user or an organisation. Raises: HubError 404 for an unknown name."""
    hub, name = hub_of(request), str(request.path_params["owner"])
    kind = hub.accounts.kind(name)
    if kind is None:
        raise HubError(404, f"There is no user or organisation {name[:100]}")
    collections = [Link(each.title, collection_page(each.slug)) for each in hub.collections.visible(caller(request), name)]
    context = {"name": name, "kind": "user" if kind == "user" else "organisation", "collections": collections}
    return html(request, "owner", {**context, **_groups(request, list(TYPE_TITLES), owner=name)})


def collection(request: Request) -> Response:
    """Raises: HubError 404, also for private ones of others."""
    hub, account = hub_of(request), caller(request)
    shown = hub.collections.get(str(request.path_params["slug"]), account)
    items = [(item, Links(item.type, item.item).page) for item in visible_items(hub, shown, account)]
    owner_link = Link(shown.owner, owner_page(shown.owner))
    return html(request, "collection", {"collection": shown, "owner": owner_link, "items": items})


def _type_links(query: str, selected: str | None) -> list[Link]:
    everything = Link("All", _front_address(query, None), selected not in TYPE_TITLES)
    types = (Link(title, _front_address(query, repo_type), repo_type == selected) for repo_type, title in TYPE_TITLES.items())
    return [everything, *types]


def _front_address(query: str, repo_type: str | None) -> str:
    params = {key: value for key, value in (("q", query), ("type", repo_type)) if value}
    return f"/?{urlencode(params)}" if params else "/"


def _groups(request: Request, types: list[str], owner: str | None = None, query: str = "") -> dict[str, object]:
    """Rows with `query` in a name or a tag, the last changed first."""
    hub, account = hub_of(request), caller(request)
    groups, left_out = [], 0
    for repo_type in types:
        rows = [_row(hub, repository) for repository in hub.repositories.visible(repo_type, account, owner)]
        rows = [row for row in rows if query in row.id.lower() or any(query in tag.lower() for tag in row.tags)]
        rows.sort(key=lambda row: row.updated, reverse=True)
        left_out += max(0, len(rows) - _MAX_ROWS)
        if rows:
            groups.append((TYPE_TITLES[repo_type], tuple(rows[:_MAX_ROWS])))
    return {"groups": groups, "left_out": left_out}


def _row(hub: Hub, repository: Repository) -> RepoRow:
    commit = hub.history.ref(repository.key, MAIN)
    metadata = hub.cards.metadata(commit) if commit else {}
    return RepoRow(
        id=repository.id,
        href=Links(repository.type, repository.id).page,
        private=repository.private,
        updated=commit.date if commit else "",
        size=size_text(summary(hub, commit.tree)) if commit else "",
        tags=cards.labels(metadata),
    )


def login_form(request: Request) -> Response:
    return html(request, "login", {"then": _local(request.query_params.get("then", "/")), "problem": ""})


async def log_in(request: Request) -> Response:
    """Start a session for a known token, and return to the page before."""
    _check_same_site(request)
    fields = parse_qs((await small_body(request)).decode("utf-8", "replace"))
    token, then = fields.get("token", [""])[0].strip(), _local(fields.get("then", ["/"])[0])
    hub = hub_of(request)
    if not await run_in_threadpool(hub.accounts.by_token, token):
        context = {"then": then, "problem": "This token is unknown here."}
        return await run_in_threadpool(html, request, "login", context, 401)
    answer = RedirectResponse(then, 303)
    sessions.set_cookie(request, answer, hub.sessions.open(token))
    return answer


async def log_out(request: Request) -> Response:
    _check_same_site(request)
    hub_of(request).sessions.close(sessions.session_of(request))
    answer = RedirectResponse("/", 303)
    sessions.drop_cookie(request, answer)
    return answer


def _local(address: str) -> str:
    """An address on this Hub, or its front page.

    >>> _local("/datasets/o/n?split=test"), _local("//example.org"), _local("https://example.org"), _local("/_login")
    ('/datasets/o/n?split=test', '/', '/', '/')
    """
    outside = not address.startswith("/") or address.startswith(("//", "/\\", "/_log"))
    return "/" if outside or not address.isprintable() else address


def _check_same_site(request: Request) -> None:
    """Accept forms of this Hub's own pages only. Raises: HubError 403."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    if (origin is not None and origin != endpoint_of(request)) or site != "same-origin":
        raise HubError(403, "Only a form of this Hub's own pages is accepted")
