"""A hub with people in it and a few commits, without a server."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from localhub.accounts import Account
from localhub.committing import commit_draft, create_repository, new_draft
from localhub.drafts import Draft
from localhub.history import Commit
from localhub.hub import Hub
from localhub.repositories import Repository

ALICE = Account("alice", ("acme",), "write")


def new_hub(root: Path) -> Hub:
    """alice of acme, and bob, with tokens that write (hf_alice, hf_bob) and one that reads (hf_alice_reads)."""
    hub = Hub(root)
    for user in ("alice", "bob"):
        hub.accounts.add_user(user)
        hub.accounts.add_token(user, f"hf_{user}")
    hub.accounts.add_org("acme", ("alice",))
    hub.accounts.add_token("alice", "hf_alice_reads", "read")
    return hub


def new_repository(hub: Hub, name: str = "words", *, private: bool = False) -> Repository:
    return create_repository(hub, "dataset", "alice", name, author="alice", private=private)


def draft_of(hub: Hub, repository: Repository, files: Mapping[str, bytes | None], parent: str | None = None) -> Draft:
    """Files to put, and with None to remove; a path that ends with a slash is a folder."""
    draft = new_draft(hub, repository, ALICE)
    for line in lines_of(files, parent):
        draft.add(line)
    return draft


def lines_of(files: Mapping[str, bytes | None], parent: str | None = None) -> list[bytes]:
    items: list[dict[str, object]] = [
        {"key": "header", "value": {"summary": "change", **({"parentCommit": parent} if parent else {})}}
    ]
    for path, data in files.items():
        if data is None:
            items.append({"key": "deletedFolder" if path.endswith("/") else "deletedFile", "value": {"path": path}})
        else:
            content = b64encode(data).decode()
            items.append({"key": "file", "value": {"path": path, "content": content, "encoding": "base64"}})
    return [json.dumps(item).encode() for item in items]


def commit(hub: Hub, repository: Repository, files: Mapping[str, bytes | None], parent: str | None = None) -> Commit:
    return commit_draft(hub, repository, "main", draft_of(hub, repository, files, parent), "alice")


def contents(hub: Hub, repository: Repository, revision: str = "main") -> dict[str, bytes]:
    """Every file but .gitattributes, with its bytes."""
    tree = hub.history.resolve(repository.key, revision).tree
    files = {path: hub.blobs.path(file.sha256).read_bytes() for path, file in hub.trees.files(tree)}
    files.pop(".gitattributes", None)
    return files
