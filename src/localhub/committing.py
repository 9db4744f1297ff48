"""From a draft to a commit: one transaction, onto the newest state of a branch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from localhub.accounts import Account
from localhub.contents import File
from localhub.discussions import pull_request_number
from localhub.drafts import Copy, Delete, Draft, Operation, Put
from localhub.errors import HubError, bad_request, entry_not_found, revision_not_found
from localhub.history import Commit, Words
from localhub.refs import MAIN, branch_ref
from localhub.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub

_WRITABLE_REFS = ("refs/heads/", "refs/pr/", "refs/convert/")


def new_draft(hub: Hub, repository: Repository, account: Account) -> Draft:
    """For somebody's commit to a repository."""

    def may_use(sha256: str) -> bool:
        return hub.possessions.has(repository.key, sha256) or hub.possessions.within_reach(account, sha256)

    return Draft(hub.blobs, may_use)


def commit_draft(hub: Hub, repository: Repository, revision: str, draft: Draft, author: str) -> Commit:
    """Put a draft on top of a branch, whatever has been committed since the client looked.

    Raises: HubError 412 when the draft names a parent that is not the newest commit, 404 RevisionNotFound for no branch,
    404 EntryNotFound where there is nothing to delete or copy, 400 for a draft without a summary.
    """
    draft.settle()
    with hub.database.write() as connection:
        head = hub.refs.resolve(repository.key, revision)
        ref = branch_ref(revision)
        if not ref.startswith(_WRITABLE_REFS) or hub.refs.get(repository.key, ref) is None:
            raise bad_request("A commit goes to a branch")
        commit = _add(hub, connection, head, draft, author)
        hub.refs.move(connection, ref, commit)
        if repository.type == "space" and ref == MAIN:
            hub.spaces.committed(connection, repository.key)
        if number := pull_request_number(ref):
            words = {"subject": commit.title, "oid": commit.oid}
            hub.discussions.add_event(connection, (repository.key, number), "commit", author, words)
        return commit


def propose_draft(hub: Hub, repository: Repository, revision: str, draft: Draft, author: str) -> tuple[Commit, int]:
    """Make a pull request of a draft. Returns: its commit, and its number. Raises: as `commit_draft`."""
    draft.settle()
    with hub.database.write() as connection:
        head = hub.refs.resolve(repository.key, revision)
        commit = _add(hub, connection, head, draft, author)
        base = branch_ref(revision)
        number = hub.discussions.open_pull_request(
            connection, repository.key, draft.title, draft.description, author=author, head=commit, base=base, status="open"
        )
        return commit, number


def _add(hub: Hub, connection: sqlite3.Connection, head: Commit, draft: Draft, author: str) -> Commit:
    if not draft.title:
        raise bad_request("A commit begins with a header")
    if draft.parent and not head.oid.startswith(draft.parent):
        raise HubError(412, "A commit has happened since. Please refresh and try again.")
    state = _State(hub, head)
    for operation in draft.operations:
        state.apply(operation)
    for file in state.files.values():
        hub.contents.add(connection, file)
        if file.lfs:
            hub.possessions.add(connection, head.repository, file.sha256)
    changes = {path: blob for path, blob in state.changes.items() if state.before(path) != blob}
    return hub.history.add(connection, head.repository, head, changes, Words(author, draft.title, draft.description))


class _State:
    """A commit's tree with operations applied to it, in their order: path -> blob oid, None where a file was removed."""

    def __init__(self, hub: Hub, head: Commit) -> None:
        self._hub = hub
        self._head = head
        self.changes: dict[str, str | None] = {}
        self.files: dict[str, File] = {}

    def apply(self, operation: Operation) -> None:
        match operation:
            case Put(path, file):
                self._put(path, file)
            case Delete(path, folder=True):
                self._delete_folder(path)
            case Delete(path):
                self._delete(path)
            case Copy(path, source, revision):
                self._put(path, self._source(source, revision))

    def before(self, path: str) -> str | None:
        """The blob at a path before the commit; None for a folder, or nothing."""
        entry = self._hub.trees.find(self._head.tree, path)
        return entry.oid if entry and not entry.folder else None

    def _now(self, path: str) -> str | None:
        return self.changes[path] if path in self.changes else self.before(path)

    def _put(self, path: str, file: File) -> None:
        self.changes[path] = file.oid
        self.files[file.oid] = file

    def _delete(self, path: str) -> None:
        if self._now(path) is None:
            raise entry_not_found(path)
        self.changes[path] = None

    def _delete_folder(self, folder: str) -> None:
        paths = list(self._below(folder))
        if not paths:
            raise entry_not_found(folder)
        self.changes.update(dict.fromkeys(paths))

    def _below(self, folder: str) -> Iterator[str]:
        entry = self._hub.trees.find(self._head.tree, folder)
        if entry and entry.folder:
            yield from (path for path, _ in self._hub.trees.files(entry.oid, f"{folder}/") if self._now(path))
        yield from (path for path, blob in self.changes.items() if blob and path.startswith(f"{folder}/"))

    def _source(self, path: str, revision: str | None) -> File:
        if revision:
            file = self._hub.contents.file(self._hub.refs.resolve(self._head.repository, revision).tree, path)
        else:
            blob = self._now(path)
            file = self.files.get(blob) or self._hub.contents.by_oid(blob) if blob else None
        if file is None:
            raise entry_not_found(path)
        return file


def squash(hub: Hub, repository: Repository, branch: str, message: str, author: str) -> Commit:
    """One commit without a parent in place of a branch's history; what no name leads to any more is forgotten."""
    with hub.database.write() as connection:
        head = hub.refs.get(repository.key, branch_ref(branch))
        if head is None:
            raise revision_not_found(branch)
        paths = [path for path, _ in hub.trees.files(head.tree)]
        words = Words(author, message)
        commit = hub.history.add_tree(connection, repository.key, None, tree=head.tree, paths=paths, words=words)
        hub.refs.move(connection, branch_ref(branch), commit)
        hub.history.forget_unnamed(connection, repository.key)
        return commit
