"""Finding repositories: by owner, by words of the name, by tags; a page at a time."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import asker, hub_of
from localhub.api.info import chosen
from localhub.errors import bad_request
from localhub.refs import MAIN
from localhub.repositories import Repository
from localhub.routing import flag, next_page, number
from localhub.serializers import described, siblings

_MAX_PAGE = 1000
_SORTS = ("lastModified", "createdAt", "downloads", "likes", "trendingScore", "likes7d", "mainSize")


def repositories(request: Request) -> Response:
    """The newest first, unless `sort` says otherwise."""
    query = request.query_params
    limit, start = number(request, "limit", _MAX_PAGE, _MAX_PAGE), number(request, "cursor", 0, 1 << 40)
    sort = query.get("sort") or "lastModified"
    if sort not in _SORTS:
        raise bad_request(f"Unknown sort. Allowed: {', '.join(_SORTS)}")
    found = [answer for repository in _named(request) if _has_tags(answer := _answer(request, repository), _tags(request))]
    found.sort(key=lambda answer: str(answer.get(sort, "")), reverse=query.get("direction") != "1")
    wanted = query.getlist("expand") + query.getlist("expand[]")
    headers = next_page(request, cursor=start + limit) if limit > 0 and start + limit < len(found) else {}
    return JSONResponse([chosen(answer, wanted) for answer in found[start : start + limit]], headers=headers)


def _named(request: Request) -> list[Repository]:
    words = request.query_params.get("search", "").lower()
    known = hub_of(request).repositories.all(request.path_params["type"], asker(request), request.query_params.get("author"))
    return [repository for repository in known if words in repository.id.lower()]


def _answer(request: Request, repository: Repository) -> dict[str, Any]:
    hub = hub_of(request)
    commit = hub.refs.get(repository.key, MAIN)
    if commit is None:  # between the making of a repository and its first commit there is no moment: a deleted main branch
        return {"id": repository.id, "private": repository.private, "tags": [], "createdAt": repository.created}
    answer = described(hub, repository, commit)
    if flag(request, "full") or "siblings" in request.query_params.getlist("expand"):
        answer["siblings"] = siblings(hub.contents.files(commit.tree), detailed=False)
    return answer


def _tags(request: Request) -> set[str]:
    query = request.query_params
    words = [*query.getlist("filter"), *query.getlist("pipeline_tag"), *query.getlist("tags")]
    return {tag for word in words for tag in word.split(",") if tag}


def _has_tags(answer: dict[str, Any], tags: set[str]) -> bool:
    return tags <= set(answer["tags"])


routes = [Route("/api/{type:kind}", repositories)]
