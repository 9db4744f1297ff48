"""Discussions and pull requests: opening, reading, answering, closing, merging."""

from __future__ import annotations

from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.access import hub_of, known_asker, readable
from localhub.accounts import Account
from localhub.discussions import Discussion, Event, Status, comment_data
from localhub.errors import bad_request
from localhub.merging import conflicts, merge
from localhub.refs import MAIN
from localhub.repositories import Repository, check_may_write
from localhub.routing import REPO, endpoint_of, number, with_json

_PAGE = 50


def listing(request: Request) -> Response:
    """A page, newest first; by `type`, `status` and `author`."""
    query, repository = request.query_params, readable(request)
    kind, status, author = query.get("type", "all"), query.get("status", "all"), query.get("author")
    found = [
        discussion
        for discussion in hub_of(request).discussions.all(repository.key)
        if kind in ("all", "pull_request" if discussion.base else "discussion")
        and status in ("all", "open" if discussion.status in ("open", "draft") else "closed")
        and author in (None, discussion.author)
    ]
    start = number(request, "p", 0, 1 << 30) * _PAGE
    page = [_summary(repository, discussion) for discussion in found[start : start + _PAGE]]
    return JSONResponse({"discussions": page, "count": len(found), "start": start, "numClosedDiscussions": 0})


def create(request: Request, body: dict[str, Any]) -> Response:
    """A pull request begins as a draft, at the main branch."""
    repository, account, hub = readable(request), _writer(request), hub_of(request)
    title, comment = body.get("title"), body.get("description") or ""
    if not isinstance(title, str) or not isinstance(comment, str):
        raise bad_request("title and description are texts")
    with hub.database.write() as connection:
        if body.get("pullRequest"):
            head = hub.refs.resolve(repository.key, "main")
            created = hub.discussions.open_pull_request(
                connection, repository.key, title, comment, author=account.name, head=head, base=MAIN, status="draft"
            )
        else:
            created = hub.discussions.open(connection, repository.key, title, comment, author=account.name)
    url = f"{endpoint_of(request)}/{repository.prefix}{repository.id}/discussions/{created}"
    return JSONResponse({"num": created, "url": url, "pullRequest": bool(body.get("pullRequest"))})


def details(request: Request) -> Response:
    repository, hub = readable(request), hub_of(request)
    discussion = hub.discussions.get(repository.key, request.path_params["number"])
    events = [_event(event) for event in hub.discussions.events(repository.key, discussion.number)]
    answer = _summary(repository, discussion) | {"events": events}
    if discussion.base:
        conflicting = conflicts(hub, discussion) if discussion.status in ("open", "draft") else []
        answer |= {
            "changes": {"base": discussion.base, "mergeCommitId": discussion.merged},
            "filesWithConflicts": conflicting,
            "diff": None,
        }
    return JSONResponse(answer)


def comment(request: Request, body: dict[str, Any]) -> Response:
    _, account, discussion = _found(request)
    text = _text(body, "comment")
    hub = hub_of(request)
    with hub.database.write() as connection:
        event = hub.discussions.add_event(connection, _key(discussion), "comment", account.name, comment_data(text))
    return JSONResponse({"newMessage": _event(event)})


def change_title(request: Request, body: dict[str, Any]) -> Response:
    _, account, discussion = _changeable(request)
    title = _text(body, "title")
    hub, words = hub_of(request), {"from": discussion.title, "to": title}
    with hub.database.write() as connection:
        hub.discussions.set_title(connection, discussion, title)
        event = hub.discussions.add_event(connection, _key(discussion), "title-change", account.name, words)
    return JSONResponse({"newTitle": _event(event)})


def change_status(request: Request, body: dict[str, Any]) -> Response:
    _, account, discussion = _changeable(request)
    status = _text(body, "status")
    if status not in get_args(Status) or "merged" in (status, discussion.status):
        raise bad_request("Unknown status, or merged already. Allowed: open, closed, draft")
    hub = hub_of(request)
    with hub.database.write() as connection:
        hub.discussions.set_status(connection, discussion, status)
        event = hub.discussions.add_event(connection, _key(discussion), "status-change", account.name, {"status": status})
        if said := body.get("comment"):
            hub.discussions.add_event(connection, _key(discussion), "comment", account.name, comment_data(str(said)))
    return JSONResponse({"newStatus": _event(event)})


def merge_pull_request(request: Request, body: dict[str, Any]) -> Response:
    repository, account, discussion = _found(request)
    check_may_write(account, repository.owner)
    merge(hub_of(request), discussion, account.name, str(body.get("comment") or ""))
    return JSONResponse({})


def edit_comment(request: Request, body: dict[str, Any]) -> Response:
    return _changed_comment(request, comment_data(_text(body, "content"), edited=True))


def hide_comment(request: Request, _: dict[str, Any]) -> Response:
    return _changed_comment(request, comment_data("", edited=True, hidden=True))


def _changed_comment(request: Request, data: dict[str, Any]) -> Response:
    repository, account, discussion = _found(request)
    hub, comment_id = hub_of(request), request.path_params["comment"]
    authors = {event.author for event in hub.discussions.events(repository.key, discussion.number) if event.id == comment_id}
    if authors and account.name not in authors:
        check_may_write(account, repository.owner)
    with hub.database.write() as connection:
        event = hub.discussions.change_comment(connection, discussion, comment_id, data)
    return JSONResponse({"updatedComment": _event(event)})


def _found(request: Request) -> tuple[Repository, Account, Discussion]:
    repository, account = readable(request), _writer(request)
    return repository, account, hub_of(request).discussions.get(repository.key, request.path_params["number"])


def _changeable(request: Request) -> tuple[Repository, Account, Discussion]:
    """One's own, or one in a repository of one's own."""
    repository, account, discussion = _found(request)
    if discussion.author != account.name:
        check_may_write(account, repository.owner)
    return repository, account, discussion


def _writer(request: Request) -> Account:
    account = known_asker(request)
    check_may_write(account, account.name)
    return account


def _key(discussion: Discussion) -> tuple[int, int]:
    return discussion.repository, discussion.number


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise bad_request(f"{key} is a text that is not empty")
    return value


def _summary(repository: Repository, discussion: Discussion) -> dict[str, Any]:
    return {
        "num": discussion.number,
        "title": discussion.title,
        "status": discussion.status,
        "author": {"name": discussion.author},
        "createdAt": discussion.created,
        "isPullRequest": discussion.base is not None,
        "repo": {"name": repository.id, "type": repository.type},
        "repoOwner": {"name": repository.owner},
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.kind,
        "createdAt": event.created,
        "author": {"name": event.author},
        "data": dict(event.data),
    }


_ALL = f"{REPO}/discussions"
_ONE = f"{_ALL}/{{number:count}}"

routes = [
    Route(_ALL, listing),
    Route(_ALL, with_json(create), methods=["POST"]),
    Route(_ONE, details),
    Route(f"{_ONE}/comment", with_json(comment), methods=["POST"]),
    Route(f"{_ONE}/title", with_json(change_title), methods=["POST"]),
    Route(f"{_ONE}/status", with_json(change_status), methods=["POST"]),
    Route(f"{_ONE}/merge", with_json(merge_pull_request), methods=["POST"]),
    Route(f"{_ONE}/comment/{{comment}}/edit", with_json(edit_comment), methods=["POST"]),
    Route(f"{_ONE}/comment/{{comment}}/hide", with_json(hide_comment), methods=["POST"]),
]
