"""From a draft to a commit: one transaction, on top of the newest state of a branch."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from localhub.accounts import Account
from localhub.drafts import Copy, Delete, Draft, Operation, Put
from localhub.errors import HubError, bad_request, entry_not_found
from localhub.history import MAIN, Commit, Message, branch_ref
from localhub.names import RepoType
from localhub.patterns import DEFAULT_ATTRIBUTES
from localhub.repositories import Repository
from localhub.trees import File, oid

if TYPE_CHECKING:
    from localhub.hub import Hub

ATTRIBUTES = ".gitattributes"
_SDKS = ("gradio", "streamlit", "docker", "static")
_WRITABLE_REFS = ("refs/heads/", "refs/pr/", "refs/convert/")


def create_repository(
    hub: Hub, repo_type: RepoType, owner: str, name: str, *, author: str, private: bool, sdk: str | None = None
) -> Repository:
    """Create a repository with a first commit: the rules of LFS, and a README for a Space.

    Raises: HubError 400 for a bad name or SDK, 409 for a taken name.
    """
    if repo_type == "space" and sdk not in _SDKS:
        raise bad_request(f"A Space has an sdk. Allowed: {', '.join(_SDKS)}")
    files = {ATTRIBUTES: _stored(hub, DEFAULT_ATTRIBUTES)}
    if repo_type == "space":
        files["README.md"] = _stored(hub, _space_readme(name, sdk))
    with hub.database.write() as connection:
        repository = hub.repositories.create(
            connection, repo_type, owner, name, private=private, sdk=sdk if repo_type == "space" else None
        )
        for file in files.values():
            hub.trees.add_file(connection, file)
        changes = {path: file.oid for path, file in files.items()}
        commit = hub.history.add(connection, repository.key, None, changes, Message(author, "initial commit"))
        hub.history.create_ref(connection, MAIN, commit)
    return repository


def new_draft(hub: Hub, repository: Repository, account: Account) -> Draft:
    """An empty draft of an account's commit to a repository."""

    def may_use(sha256: str) -> bool:
        return hub.blob_access.has(repository.key, sha256) or hub.blob_access.readable_by(account, sha256)

    return Draft(hub.blobs, may_use)


def commit_draft(hub: Hub, repository: Repository, revision: str, draft: Draft, author: str) -> Commit:
    """Commit a draft to a branch, on top of whatever was committed in the meantime.

    Raises: HubError 412 if the draft names a parent that is not the newest commit, 404 RevisionNotFound for no branch,
    404 EntryNotFound for a missing file to delete or copy, 400 for a draft without a summary.
    """
    draft.flush()
    with hub.database.write() as connection:
        head = hub.history.resolve(repository.key, revision)
        ref = branch_ref(revision)
        if not ref.startswith(_WRITABLE_REFS) or hub.history.ref(repository.key, ref) is None:
            raise bad_request("A commit goes to a branch")
        commit = _add(hub, connection, head, draft, author)
        hub.history.move_ref(connection, ref, commit)
        return commit


def propose_draft(hub: Hub, repository: Repository, revision: str, draft: Draft, author: str) -> tuple[Commit, int]:
    """Open a pull request with a draft. Returns: its commit and its number. Raises: as `commit_draft`."""
    draft.flush()
    with hub.database.write() as connection:
        commit = _add(hub, connection, hub.history.resolve(repository.key, revision), draft, author)
        return commit, hub.history.open_pull_request(connection, commit, author)


def _add(hub: Hub, connection: sqlite3.Connection, head: Commit, draft: Draft, author: str) -> Commit:
    if not draft.title:
        raise bad_request("A commit begins with a header")
    if draft.parent and not head.oid.startswith(draft.parent):
        raise HubError(412, "A commit has happened since. Please refresh and try again.")
    tree = _ChangedTree(hub, head)
    for operation in draft.operations:
        tree.apply(operation)
    for file in tree.files.values():
        hub.trees.add_file(connection, file)
        if file.lfs:
            hub.blob_access.add(connection, head.repository, file.sha256)
    changes = {path: blob for path, blob in tree.changes.items() if tree.before(path) != blob}
    return hub.history.add(connection, head.repository, head, changes, Message(author, draft.title, draft.description))


class _ChangedTree:
    """A commit's tree with operations applied in order: path -> blob oid, None for a removed file."""

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
            yield from (path for path, _ in self._hub.trees.paths(entry.oid, f"{folder}/") if self._now(path))
        yield from (path for path, blob in self.changes.items() if blob and path.startswith(f"{folder}/"))

    def _source(self, path: str, revision: str | None) -> File:
        if revision:
            file = self._hub.trees.file(self._hub.history.resolve(self._head.repository, revision).tree, path)
        else:
            blob = self._now(path)
            file = self.files.get(blob) or self._hub.trees.by_oid(blob) if blob else None
        if file is None:
            raise entry_not_found(path)
        return file


def _stored(hub: Hub, text: str) -> File:
    data = text.encode()
    return File(oid("blob", data), hub.blobs.put(data), len(data), lfs=False)


def _space_readme(name: str, sdk: str | None) -> str:
    app = "app_file: index.html\n" if sdk == "static" else "app_file: app.py\n" if sdk != "docker" else ""
    return f"---\ntitle: {json.dumps(name)}\nsdk: {sdk}\n{app}pinned: false\n---\n"
