"""Branches, tags and the heads of pull requests: names of commits that can move."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from localhub.database import Database
from localhub.errors import HubError, bad_request, revision_not_found
from localhub.history import Commit, History, commit_from

_SCHEMA = """
CREATE TABLE IF NOT EXISTS refs (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE, name TEXT NOT NULL,
    commit_key INTEGER NOT NULL REFERENCES commits, message TEXT, PRIMARY KEY (repository, name)) WITHOUT ROWID;
"""
MAIN = "refs/heads/main"
_OID = re.compile(r"[0-9a-f]{7,40}")


def branch_ref(revision: str) -> str:
    """Full name of what a commit can go to: a branch by its short name, or refs/... as it is."""
    return revision if revision.startswith("refs/") else f"refs/heads/{revision}"


class Refs:
    def __init__(self, database: Database, history: History) -> None:
        self._database = database
        self._history = history
        database.add_schema(_SCHEMA)

    def resolve(self, repository: int, revision: str) -> Commit:
        """A branch, a tag, refs/... in full, or at least 7 digits of an oid. Raises: HubError 404 RevisionNotFound."""
        commit = self.get(repository, branch_ref(revision)) or self.get(repository, f"refs/tags/{revision}")
        if commit is None and _OID.fullmatch(revision):
            commit = self._history.by_prefix(repository, revision)
        if commit is None:
            raise revision_not_found(revision)
        return commit

    def get(self, repository: int, name: str) -> Commit | None:
        """The commit that a full name stands for."""
        row = (
            self._database.read()
            .execute(
                "SELECT commits.* FROM refs JOIN commits ON key = commit_key WHERE refs.repository = ? AND name = ?",
                (repository, name),
            )
            .fetchone()
        )
        return commit_from(row) if row else None

    def all(self, repository: int) -> Iterator[tuple[str, str]]:
        """Full name and commit oid, sorted by name."""
        rows = self._database.read().execute(
            "SELECT name, oid FROM refs JOIN commits ON key = commit_key WHERE refs.repository = ? ORDER BY name", (repository,)
        )
        return ((row["name"], row["oid"]) for row in rows)

    def move(self, connection: sqlite3.Connection, name: str, commit: Commit) -> None:
        """Point a name, new or not, to a commit, inside a transaction."""
        connection.execute(
            "INSERT INTO refs (repository, name, commit_key) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET commit_key = excluded.commit_key",
            (commit.repository, name, commit.key),
        )

    def create(self, connection: sqlite3.Connection, name: str, commit: Commit, message: str | None = None) -> None:
        """A name that must be new, inside a transaction. Raises: HubError 400 for one that reads as an oid, 409 when taken."""
        if _OID.fullmatch(name.split("/", 2)[2]):
            raise bad_request("A name that reads as a commit's oid is not allowed")
        try:
            connection.execute("INSERT INTO refs VALUES (?, ?, ?, ?)", (commit.repository, name, commit.key, message))
        except sqlite3.IntegrityError as error:
            raise HubError(409, "Reference already exists") from error

    def delete(self, connection: sqlite3.Connection, repository: int, name: str) -> None:
        """Inside a transaction. Raises: HubError 404 RevisionNotFound."""
        if not connection.execute("DELETE FROM refs WHERE repository = ? AND name = ?", (repository, name)).rowcount:
            raise revision_not_found(name)
