"""Committing: the client asks how to send each file, then sends one commit as lines of JSON."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub import patterns
from localhub.access import hub_of, readable, require_caller, writable
from localhub.accounts import Account
from localhub.committing import ATTRIBUTES, commit_draft, new_draft, propose_draft
from localhub.drafts import REGULAR_MAX_BYTES, Draft
from localhub.errors import HubError, bad_request
from localhub.history import Commit, branch_ref, pull_request_number
from localhub.names import checked_path
from localhub.repositories import Repository, check_may_write
from localhub.requests import REPO, body_chunks, endpoint_of, flag, with_json

if TYPE_CHECKING:
    from localhub.hub import Hub

_MAX_LINE_BYTES = REGULAR_MAX_BYTES * 4 // 3 + 100_000
_MAX_BODY_BYTES = 10_000_000_000
_MAX_PREUPLOAD_FILES = 1000
_IGNORE = ".gitignore"
_MAX_RULES_BYTES = 1_000_000


def preupload(request: Request, body: dict[str, Any]) -> Response:
    """For each file: by LFS or in the commit itself, whether .gitignore leaves it out, and its present oid.

    Raises: HubError 400 for anything but a list of files.
    """
    hub = hub_of(request)
    repository, _ = _may_commit(request)
    commit = hub.history.resolve(repository.key, request.path_params["rev"])
    files = body.get("files")
    if not isinstance(files, list) or len(files) > _MAX_PREUPLOAD_FILES:
        raise bad_request(f"files is a list of at most {_MAX_PREUPLOAD_FILES:,}")
    sent = body.get("gitIgnore")
    ignore = sent if isinstance(sent, str) else _rules(hub, commit, _IGNORE)
    attributes = _rules(hub, commit, ATTRIBUTES)
    return JSONResponse({"files": [_advice(hub, commit, file, attributes, ignore) for file in files]})


def _advice(hub: Hub, commit: Commit, file: Any, attributes: str, ignore: str) -> dict[str, Any]:
    path = checked_path(file.get("path") if isinstance(file, dict) else None)
    size = file.get("size")
    if not isinstance(size, int) or size < 0:
        raise bad_request(f"{path}: a size is a number of bytes")
    large = size > REGULAR_MAX_BYTES or patterns.goes_by_lfs(attributes, path) or _is_binary(path, file.get("sample"))
    present = hub.trees.file(commit.tree, path)
    return {
        "path": path,
        "uploadMode": "lfs" if large and size else "regular",
        "shouldIgnore": patterns.is_ignored(ignore, path),
        "oid": present.etag if present else None,
    }


def _is_binary(path: str, sample: object) -> bool:
    """As in git: a NUL among the first bytes."""
    try:
        return isinstance(sample, str) and b"\0" in base64.b64decode(sample, validate=True)
    except ValueError as error:
        raise bad_request(f"{path}: a sample is base64") from error


def _rules(hub: Hub, commit: Commit, name: str) -> str:
    file = hub.trees.file(commit.tree, name)
    if file is None or file.size > _MAX_RULES_BYTES:
        return ""
    return hub.blobs.path(file.sha256).read_text("utf-8", errors="replace")


async def commit(request: Request) -> Response:
    """Read the body line by line; nothing of it is visible before all of it is on the disk."""
    repository, account = await run_in_threadpool(_may_commit, request)
    draft = new_draft(hub_of(request), repository, account)
    async for lines in _lines(request):
        await run_in_threadpool(_add_lines, draft, lines)
    return await run_in_threadpool(_commit, request, repository, draft, account.name)


def _add_lines(draft: Draft, lines: list[bytes]) -> None:
    for line in lines:
        draft.add(line)


def _commit(request: Request, repository: Repository, draft: Draft, author: str) -> Response:
    hub, revision = hub_of(request), request.path_params["rev"]
    page = f"{endpoint_of(request)}/{repository.prefix}{repository.id}"
    if not flag(request, "create_pr"):
        return JSONResponse(_answer(page, commit_draft(hub, repository, revision, draft, author)))
    commit, number = propose_draft(hub, repository, revision, draft, author)
    return JSONResponse(_answer(page, commit) | {"pullRequestUrl": f"{page}/discussions/{number}"})


def _answer(page: str, commit: Commit) -> dict[str, Any]:
    return {"success": True, "commitOid": commit.oid, "commitUrl": f"{page}/commit/{commit.oid}", "hookOutput": ""}


def _may_commit(request: Request) -> tuple[Repository, Account]:
    """Owners commit to their repositories; every reader may open a pull request, and commit to their own.

    Raises: HubError 401, 403, 404.
    """
    account, revision = require_caller(request), request.path_params["rev"]
    number = pull_request_number(branch_ref(revision))
    if number is None and not flag(request, "create_pr"):
        return writable(request), account
    repository = readable(request)
    own = flag(request, "create_pr") or hub_of(request).history.pull_request_author(repository.key, number or 0) == account.name
    check_may_write(account, account.name if own else repository.owner)
    return repository, account


async def _lines(request: Request) -> AsyncIterator[list[bytes]]:
    """Complete lines as they arrive. Raises: HubError 413 if a line or the body is too long."""
    rest = bytearray()
    async for chunk in body_chunks(request, _MAX_BODY_BYTES):
        *lines, last = chunk.split(b"\n")
        if lines:
            lines[0], rest = bytes(rest) + lines[0], bytearray()
            yield [line for line in lines if line.strip()]
        rest += last
        if len(rest) > _MAX_LINE_BYTES:
            raise HubError(413, "A line of the commit is too long. Larger files go by LFS")
    if rest.strip():
        yield [bytes(rest)]


routes = [
    Route(f"{REPO}/preupload/{{rev:rev}}", with_json(preupload), methods=["POST"]),
    Route(f"{REPO}/commit/{{rev:rev}}", commit, methods=["POST"]),
]
