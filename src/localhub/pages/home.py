"""The front page: every repository that the visitor may see, by type, newest first; a search over names and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from localhub.access import asker, hub_of
from localhub.pages import numbers
from localhub.pages.context import summary
from localhub.pages.front_matter import tags
from localhub.pages.links import Links
from localhub.pages.render import html
from localhub.pages.viewmodels import KIND_WORDS, Choice, Front, RepoRow
from localhub.refs import MAIN
from localhub.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub

MAX_ROWS = 100  # of one type
MAX_QUERY = 200


def front(request: Request) -> Response:
    query, kind = request.query_params.get("q", "").strip()[:MAX_QUERY], request.query_params.get("type")
    hub, account = hub_of(request), asker(request)
    kinds = [kind] if kind in KIND_WORDS else list(KIND_WORDS)
    rows = {one: found(hub, hub.repositories.all(one, account), query.lower()) for one in kinds}
    page = Front(
        query=query,
        kinds=tuple(_choices(query, kind)),
        groups=tuple((KIND_WORDS[one], tuple(some[:MAX_ROWS])) for one, some in rows.items() if some),
        left_out=sum(max(0, len(some) - MAX_ROWS) for some in rows.values()),
    )
    return html(request, "front", page, query=query)


def _choices(query: str, kind: str | None) -> list[Choice]:
    everything = Choice("All", _address(query, None), kind not in KIND_WORDS)
    return [everything, *(Choice(word, _address(query, one), one == kind) for one, word in KIND_WORDS.items())]


def _address(query: str, kind: str | None) -> str:
    given = {key: value for key, value in (("q", query), ("type", kind)) if value}
    return f"/?{urlencode(given)}" if given else "/"


def found(hub: Hub, repositories: list[Repository], query: str = "") -> list[RepoRow]:
    """Those with `query` in a name or a tag, the one that changed last first."""
    rows = [_row(hub, repository) for repository in repositories]
    wanted = [row for row in rows if query in row.id.lower() or any(query in tag.lower() for tag in row.tags)]
    return sorted(wanted, key=lambda row: row.updated, reverse=True)


def _row(hub: Hub, repository: Repository) -> RepoRow:
    commit = hub.refs.get(repository.key, MAIN)
    data: dict[str, Any] = dict(hub.cards.metadata(commit)) if commit else {}
    whole = summary(hub, commit.tree) if commit else None
    return RepoRow(
        id=repository.id,
        href=Links(repository.type, repository.id).page,
        private=repository.private,
        updated=commit.date if commit else "",
        size=f"{numbers.files(whole.files)}, {numbers.size(whole.size)}" if whole else "",
        tags=tags(data),
    )
