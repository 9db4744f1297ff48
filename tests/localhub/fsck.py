"""Proof that a Hub is whole: names lead to commits, commits to trees, trees to files, files to bytes that have their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from localhub.history import Commit, commit_from, message_of
from localhub.trees import EMPTY_TREE, File, decode_tree, encode_commit, encode_tree, oid, pointer

if TYPE_CHECKING:
    from localhub.hub import Hub


def check(hub: Hub) -> list[str]:
    """Read everything. Returns: a line for each thing that is missing or not what it is called; none when all is well."""
    return [*_check_database(hub), *_check_commits(hub), *_check_trees(hub), *_check_blobs(hub)]


def _check_database(hub: Hub) -> Iterator[str]:
    connection = hub.database.read()
    for row in connection.execute("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield f"database: {row[0]}"
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield f"database: a row of {row[0]} names one of {row[2]} that is not there"
    for row in connection.execute("SELECT id FROM repositories WHERE id NOT IN (SELECT repository FROM refs)"):
        yield f"repository {row['id']}: no branch"


def _check_commits(hub: Hub) -> Iterator[str]:
    parents: dict[int, Commit] = {}
    for row in hub.database.read().execute("SELECT * FROM commits ORDER BY key"):
        commit = parents[row["key"]] = commit_from(row)
        parent = parents.get(commit.parent or 0)
        if (parent is None) != (commit.parent is None) or (parent and parent.repository != commit.repository):
            yield f"commit {commit.oid}: its parent is not in its repository"
        body = encode_commit(commit.tree, parent.oid if parent else None, commit.author, commit.seconds, message_of(commit))
        if oid("commit", body) != commit.oid:
            yield f"commit {commit.oid}: is not what it is called"


def _check_trees(hub: Hub) -> Iterator[str]:
    connection = hub.database.read()
    trees = {EMPTY_TREE} | {row["oid"] for row in connection.execute("SELECT oid FROM trees")}
    blobs = {row["oid"] for row in connection.execute("SELECT oid FROM objects")}
    for row in connection.execute(
        "SELECT oid FROM commits WHERE tree NOT IN (SELECT oid FROM trees) AND tree <> ?", (EMPTY_TREE,)
    ):
        yield f"commit {row['oid']}: its tree is not there"
    for row in connection.execute("SELECT oid, body FROM trees"):
        entries = decode_tree(row["body"])
        if oid("tree", row["body"]) != row["oid"] or encode_tree(entries) != row["body"]:
            yield f"tree {row['oid']}: is not what it is called"
        for name, entry in entries.items():
            if entry.oid not in (trees if entry.folder else blobs):
                yield f"tree {row['oid']}: {name} is not there"


def _check_blobs(hub: Hub) -> Iterator[str]:
    for row in hub.database.read().execute("SELECT * FROM objects"):
        file = File(row["oid"], row["sha256"], row["size"], bool(row["lfs"]))
        path = hub.blobs.path(file.sha256)
        if not path.is_file():
            yield f"file {file.sha256}: is not there"
        elif path.stat().st_size != file.size or _sha256(path) != file.sha256:
            yield f"file {file.sha256}: is not what it is called"
        elif file.oid != (oid("blob", pointer(file.sha256, file.size)) if file.lfs else oid("blob", path.read_bytes())):
            yield f"object {file.oid}: is not what it is called"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
