"""One repository, at its newest commit or at a revision."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, readable
from localhub.errors import HubError, repository_not_found
from localhub.routing import REPO, flag
from localhub.serializers import described, siblings


def info(request: Request) -> Response:
    hub = hub_of(request)
    repository = readable(request)
    commit = hub.refs.resolve(repository.key, request.path_params.get("rev", "main"))
    wanted = request.query_params.getlist("expand") + request.query_params.getlist("expand[]")
    answer = described(hub, repository, commit)
    if not wanted or {"siblings", "usedStorage"} & set(wanted):
        files = list(hub.contents.files(commit.tree))
        answer["siblings"] = siblings(files, detailed=flag(request, "blobs"))
        answer["usedStorage"] = sum({file.oid: file.size for _, file in files}.values())
    return JSONResponse(chosen(answer, wanted), headers={"X-Repo-Commit": commit.oid})


def chosen(answer: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    """The fields that `expand` names, and those that say what it is about; all without `expand`."""
    kept = {"_id", "id", *wanted}
    return {key: value for key, value in answer.items() if key in kept} if wanted else answer


def without_owner(_: Request) -> Response:
    raise repository_not_found()


def no_endpoint(_: Request) -> Response:
    raise HubError(404, "This Hub has no such endpoint")


routes = [
    Route(REPO, info),
    Route(f"{REPO}/revision/{{rev:rev}}", info),
    Route("/api/{type:kind}/{name}", without_owner),
    Route("/api/{rest:path}", no_endpoint, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
]
