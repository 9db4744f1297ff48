"""A new repository is never empty: its first commit holds the rules of LFS, and a Space's the README that says how it runs."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from localhub.contents import File
from localhub.errors import bad_request
from localhub.gitobjects import oid
from localhub.history import Words
from localhub.names import RepoType
from localhub.patterns import DEFAULT_ATTRIBUTES
from localhub.refs import MAIN
from localhub.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub

ATTRIBUTES = ".gitattributes"
_SDKS = ("gradio", "streamlit", "docker", "static")


def create_repository(
    hub: Hub, repo_type: RepoType, owner: str, name: str, *, author: str, private: bool, sdk: str | None = None
) -> Repository:
    """With its first commit, at once. Raises: HubError 400 for a bad name or SDK, 409 when there is one."""
    if repo_type == "space" and sdk not in _SDKS:
        raise bad_request(f"A Space has an sdk. Allowed: {', '.join(_SDKS)}")
    files = {ATTRIBUTES: _stored(hub, DEFAULT_ATTRIBUTES)}
    if repo_type == "space":
        files["README.md"] = _stored(hub, _space_readme(name, sdk))
    with hub.database.write() as connection:
        repository = hub.repositories.create(connection, repo_type, owner, name, private=private, sdk=sdk)
        _first_commit(hub, connection, repository, files, author)
    return repository


def duplicate_repository(hub: Hub, source: Repository, owner: str, name: str, *, author: str, private: bool) -> Repository:
    """A repository that begins with what another holds on its main branch."""
    head = hub.refs.resolve(source.key, "main")
    files = dict(hub.contents.files(head.tree))
    with hub.database.write() as connection:
        repository = hub.repositories.create(connection, source.type, owner, name, private=private, sdk=source.sdk)
        _first_commit(hub, connection, repository, files, author)
    return repository


def _first_commit(hub: Hub, connection: sqlite3.Connection, repository: Repository, files: dict[str, File], author: str) -> None:
    for file in files.values():
        hub.contents.add(connection, file)
        if file.lfs:
            hub.possessions.add(connection, repository.key, file.sha256)
    changes = {path: file.oid for path, file in files.items()}
    commit = hub.history.add(connection, repository.key, None, changes, Words(author, "initial commit"))
    hub.refs.create(connection, MAIN, commit)


def _stored(hub: Hub, text: str) -> File:
    data = text.encode()
    return File(oid("blob", data), hub.blobs.put(data), len(data), lfs=False)


def _space_readme(name: str, sdk: str | None) -> str:
    app = "app_file: index.html\n" if sdk == "static" else "app_file: app.py\n" if sdk != "docker" else ""
    return f"---\ntitle: {json.dumps(name)}\nsdk: {sdk}\n{app}pinned: false\n---\n"
