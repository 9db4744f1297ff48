"""Pull requests into their base: what they changed since they branched off, as one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localhub.discussions import Discussion, comment_data
from localhub.errors import HubError, bad_request
from localhub.history import Commit, Words

if TYPE_CHECKING:
    from localhub.hub import Hub


def conflicts(hub: Hub, discussion: Discussion) -> list[str]:
    """Paths that both sides changed, and not to the same bytes."""
    head, base = _sides(hub, discussion)
    return _conflicts(hub, head, base)


def merge(hub: Hub, discussion: Discussion, author: str, comment: str) -> Commit:
    """One commit on the base with all changes of the pull request. Raises: HubError 409 on conflicts, 400 when it is not open."""
    if discussion.base is None or discussion.status not in ("open", "draft"):
        raise bad_request("Not an open pull request")
    with hub.database.write() as connection:
        head, base = _sides(hub, discussion)
        if paths := _conflicts(hub, head, base):
            raise HubError(409, f"The pull request conflicts with its base in {len(paths)} files, the first is {paths[0]}")
        words = Words(author, f"{discussion.title} (#{discussion.number})", comment)
        changes = _changes(hub, _fork(hub, head, base), head)
        commit = hub.history.add(connection, base.repository, base, changes, words)
        hub.refs.move(connection, discussion.base, commit)
        hub.discussions.set_merged(connection, discussion, commit)
        key = (discussion.repository, discussion.number)
        if comment:
            hub.discussions.add_event(connection, key, "comment", author, comment_data(comment))
        hub.discussions.add_event(connection, key, "status-change", author, {"status": "merged"})
    return commit


def _sides(hub: Hub, discussion: Discussion) -> tuple[Commit, Commit]:
    base = discussion.base or ""
    return hub.refs.resolve(discussion.repository, discussion.ref), hub.refs.resolve(discussion.repository, base)


def _conflicts(hub: Hub, head: Commit, base: Commit) -> list[str]:
    fork = _fork(hub, head, base)
    theirs, ours = _changes(hub, fork, head), _changes(hub, fork, base)
    return sorted(path for path in theirs.keys() & ours.keys() if theirs[path] != ours[path])


def _fork(hub: Hub, head: Commit, base: Commit) -> Commit | None:
    """The newest commit that both sides come from; None after the base was squashed."""
    common = hub.history.ancestors(head) & hub.history.ancestors(base)
    return hub.history.by_key(max(common)) if common else None


def _changes(hub: Hub, before: Commit | None, after: Commit) -> dict[str, str | None]:
    """Path -> blob oid of what is new or other, None for what is gone."""
    old = dict(hub.trees.files(before.tree)) if before else {}
    new = dict(hub.trees.files(after.tree))
    gone: dict[str, str | None] = dict.fromkeys(old.keys() - new.keys())
    return gone | {path: blob for path, blob in new.items() if old.get(path) != blob}
