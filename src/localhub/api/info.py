"""Repositories: one at a revision, and lists by owner, words of the name and tags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub import cards
from localhub.access import caller, hub_of, readable
from localhub.errors import HubError, bad_request, repository_not_found
from localhub.history import MAIN, Commit
from localhub.repositories import Repository
from localhub.requests import REPO, flag, next_page, number
from localhub.trees import File

if TYPE_CHECKING:
    from localhub.hub import Hub

_MAX_PAGE = 1000
_SORTS = ("lastModified", "createdAt", "downloads", "likes", "trendingScore", "likes7d", "mainSize")
_MAX_CONFIG_BYTES = 1_000_000
_CONFIG_KEYS = ("architectures", "model_type", "tokenizer_config")


def info(request: Request) -> Response:
    hub = hub_of(request)
    repository = readable(request)
    commit = hub.history.resolve(repository.key, request.path_params.get("rev", "main"))
    expand = _expand(request)
    answer = _describe(hub, repository, commit)
    if not expand or {"siblings", "usedStorage"} & set(expand):
        files = list(hub.trees.files(commit.tree))
        answer["siblings"] = _siblings(files, detailed=flag(request, "blobs"))
        answer["usedStorage"] = sum({file.oid: file.size for _, file in files}.values())
    return JSONResponse(_selected(answer, expand), headers={"X-Repo-Commit": commit.oid})


def listing(request: Request) -> Response:
    """A page of repositories, the newest first unless `sort` and `direction` say otherwise.

    Raises: HubError 400 for an unknown sort.
    """
    query, tags = request.query_params, _wanted_tags(request)
    limit, start = number(request, "limit", _MAX_PAGE, _MAX_PAGE), number(request, "cursor", 0, 1 << 40)
    sort = query.get("sort") or "lastModified"
    if sort not in _SORTS:
        raise bad_request(f"Unknown sort. Allowed: {', '.join(_SORTS)}")
    answers = [_listed(request, repository) for repository in _matching(request)]
    answers = [answer for answer in answers if tags <= set(answer["tags"])]
    answers.sort(key=lambda answer: str(answer.get(sort, "")), reverse=query.get("direction") != "1")
    headers = next_page(request, cursor=start + limit) if limit > 0 and start + limit < len(answers) else {}
    page = [_selected(answer, _expand(request)) for answer in answers[start : start + limit]]
    return JSONResponse(page, headers=headers)


def without_owner(_: Request) -> Response:
    """An id without an owner. Raises: HubError 404, always."""
    raise repository_not_found()


def no_endpoint(_: Request) -> Response:
    """Any other path. Raises: HubError 404, always."""
    raise HubError(404, "This Hub has no such endpoint")


def _expand(request: Request) -> list[str]:
    return request.query_params.getlist("expand") + request.query_params.getlist("expand[]")


def _selected(answer: dict[str, Any], expand: list[str]) -> dict[str, Any]:
    """The fields that `expand` names, and the id; all fields without `expand`."""
    kept = {"_id", "id", *expand}
    return {key: value for key, value in answer.items() if key in kept} if expand else answer


def _matching(request: Request) -> list[Repository]:
    words = request.query_params.get("search", "").lower()
    visible = hub_of(request).repositories.visible(
        request.path_params["type"], caller(request), request.query_params.get("author")
    )
    return [repository for repository in visible if words in repository.id.lower()]


def _wanted_tags(request: Request) -> set[str]:
    query = request.query_params
    words = [*query.getlist("filter"), *query.getlist("pipeline_tag"), *query.getlist("tags")]
    return {tag for word in words for tag in word.split(",") if tag}


def _listed(request: Request, repository: Repository) -> dict[str, Any]:
    hub = hub_of(request)
    commit = hub.history.ref(repository.key, MAIN)
    if commit is None:
        return {"id": repository.id, "private": repository.private, "tags": [], "createdAt": repository.created}
    answer = _describe(hub, repository, commit)
    if flag(request, "full") or "siblings" in _expand(request):
        answer["siblings"] = _siblings(hub.trees.files(commit.tree), detailed=False)
    return answer


def _describe(hub: Hub, repository: Repository, commit: Commit) -> dict[str, Any]:
    """Everything but the list of files."""
    metadata = hub.cards.metadata(commit)
    answer = {
        "_id": f"{repository.key:024x}",
        "id": repository.id,
        "author": repository.owner,
        "sha": commit.oid,
        "lastModified": commit.date,
        "createdAt": repository.created,
        "private": repository.private,
        "gated": False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": cards.tags(metadata),
        "cardData": dict(metadata),
    }
    return answer | _of_type(hub, repository, commit, metadata)


def _of_type(hub: Hub, repository: Repository, commit: Commit, metadata: Mapping[str, Any]) -> dict[str, Any]:
    match repository.type:
        case "model":
            return {
                "modelId": repository.id,
                "library_name": metadata.get("library_name"),
                "pipeline_tag": metadata.get("pipeline_tag"),
                "config": _config(hub, commit),
            }
        case "space":
            return {
                "sdk": metadata.get("sdk") or repository.sdk,
                "host": None,
                "subdomain": repository.id.replace("/", "-").lower(),
                "models": metadata.get("models") or [],
                "datasets": metadata.get("datasets") or [],
            }
    return {"description": None}


def _config(hub: Hub, commit: Commit) -> dict[str, Any]:
    file = hub.trees.file(commit.tree, "config.json")
    if file is None or file.size > _MAX_CONFIG_BYTES:
        return {}
    try:
        config = json.loads(hub.blobs.path(file.sha256).read_bytes())
    except (ValueError, RecursionError):
        return {}
    return {key: config[key] for key in _CONFIG_KEYS if key in config} if isinstance(config, dict) else {}


def _siblings(files: Iterable[tuple[str, File]], *, detailed: bool) -> list[dict[str, Any]]:
    """The flat list of files; `detailed` with sizes and hashes."""
    return [{"rfilename": path, **(_detail(file) if detailed else {})} for path, file in files]


def _detail(file: File) -> dict[str, Any]:
    detail: dict[str, Any] = {"size": file.size, "blobId": file.oid}
    if file.lfs:
        detail["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
    return detail


routes = [
    Route("/api/{type:kind}", listing),
    Route(REPO, info),
    Route(f"{REPO}/revision/{{rev:rev}}", info),
    Route("/api/{type:kind}/{name}", without_owner),
    Route("/api/{rest:path}", no_endpoint, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
]
