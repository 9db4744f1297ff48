"""Commits of a repository, and the names that lead to them: branches, tags and the heads of pull requests.

A commit has one parent or none.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from localhub.database import Database
from localhub.errors import HubError, bad_request, revision_not_found
from localhub.trees import EMPTY_TREE, Trees, encode_commit, oid

_SCHEMA = """
CREATE TABLE IF NOT EXISTS commits (
    key INTEGER PRIMARY KEY AUTOINCREMENT, repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    oid TEXT NOT NULL, parent INTEGER REFERENCES commits, tree TEXT NOT NULL, depth INTEGER NOT NULL,
    author TEXT NOT NULL, seconds INTEGER NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL, UNIQUE (repository, oid));
CREATE INDEX IF NOT EXISTS commits_by_parent ON commits (parent);
CREATE TABLE IF NOT EXISTS refs (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE, name TEXT NOT NULL,
    commit_key INTEGER NOT NULL REFERENCES commits, message TEXT, PRIMARY KEY (repository, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pull_requests (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE, number INTEGER NOT NULL, author TEXT NOT NULL,
    PRIMARY KEY (repository, number)) WITHOUT ROWID;
"""
_ANCESTORS = """
WITH RECURSIVE line (key, parent) AS (
    SELECT key, parent FROM commits WHERE key = ?
    UNION ALL SELECT commits.key, commits.parent FROM commits JOIN line ON commits.key = line.parent)
SELECT commits.* FROM line JOIN commits USING (key) ORDER BY key DESC LIMIT ? OFFSET ?
"""
MAIN = "refs/heads/main"
_OID = re.compile(r"[0-9a-f]{7,40}")
_PULL_REQUEST = re.compile(r"refs/pr/([0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class Commit:
    """`key` is the database's and grows along a branch; `depth` counts the commits up to this one; `seconds` since 1970."""

    key: int
    repository: int
    oid: str
    parent: int | None
    tree: str
    depth: int
    author: str
    seconds: int
    title: str
    description: str

    @property
    def date(self) -> str:
        return datetime.fromtimestamp(self.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass(frozen=True, slots=True)
class Message:
    """Author and message of a commit."""

    author: str
    title: str
    description: str = ""


def message_of(message: Message | Commit) -> str:
    """Title and description as git writes them."""
    return f"{message.title}\n\n{message.description}" if message.description else message.title


def branch_ref(revision: str) -> str:
    """Full name of a branch: refs/heads/NAME for a short name, or refs/... unchanged."""
    return revision if revision.startswith("refs/") else f"refs/heads/{revision}"


def pull_request_ref(number: int) -> str:
    return f"refs/pr/{number}"


def pull_request_number(ref: str) -> int | None:
    """The number in the full name of a pull request's branch; None for other names."""
    match = _PULL_REQUEST.fullmatch(ref)
    return int(match[1]) if match else None


class History:
    """Commits and refs in the database."""

    def __init__(self, database: Database, trees: Trees) -> None:
        self._database = database
        self._trees = trees
        database.add_schema(_SCHEMA)

    def add(
        self,
        connection: sqlite3.Connection,
        repository: int,
        parent: Commit | None,
        changes: Mapping[str, str | None],
        message: Message,
    ) -> Commit:
        """Add a commit on top of `parent` that puts (blob oid) and removes (None) files, inside a transaction.

        Raises: HubError 400 if a path would be a file and a folder.
        """
        tree = self._trees.write(connection, parent.tree if parent else EMPTY_TREE, changes)
        seconds = max(int(datetime.now(UTC).timestamp()), parent.seconds if parent else 0)
        body = encode_commit(tree, parent.oid if parent else None, message.author, seconds, message_of(message))
        name, depth = oid("commit", body), parent.depth + 1 if parent else 1
        row = (repository, name, parent and parent.key, tree, depth, message.author, seconds, message.title, message.description)
        connection.execute(
            "INSERT OR IGNORE INTO commits (repository, oid, parent, tree, depth, author, seconds, title, description) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        query = "SELECT * FROM commits WHERE repository = ? AND oid = ?"
        return commit_from(connection.execute(query, (repository, name)).fetchone())

    def ancestors(self, commit: Commit, start: int = 0, count: int = -1) -> list[Commit]:
        """A commit and those before it, newest first: `count` of them from the `start`-th on, all for -1."""
        rows = self._database.read().execute(_ANCESTORS, (commit.key, count, start))
        return [commit_from(row) for row in rows]

    def resolve(self, repository: int, revision: str) -> Commit:
        """A branch, a tag, refs/... in full, or at least 7 digits of an oid. Raises: HubError 404 RevisionNotFound."""
        commit = self.ref(repository, branch_ref(revision)) or self.ref(repository, f"refs/tags/{revision}")
        if commit is None and _OID.fullmatch(revision):
            commit = self._by_prefix(repository, revision)
        if commit is None:
            raise revision_not_found(revision)
        return commit

    def ref(self, repository: int, name: str) -> Commit | None:
        """The commit that a full name points to."""
        query = "SELECT commits.* FROM refs JOIN commits ON key = commit_key WHERE refs.repository = ? AND name = ?"
        row = self._database.read().execute(query, (repository, name)).fetchone()
        return commit_from(row) if row else None

    def refs(self, repository: int) -> list[tuple[str, str]]:
        """Full name and commit oid, sorted by name."""
        query = "SELECT name, oid FROM refs JOIN commits ON key = commit_key WHERE refs.repository = ? ORDER BY name"
        return [(row["name"], row["oid"]) for row in self._database.read().execute(query, (repository,))]

    def move_ref(self, connection: sqlite3.Connection, name: str, commit: Commit) -> None:
        """Point a name, new or not, to a commit, inside a transaction."""
        connection.execute(
            "INSERT INTO refs (repository, name, commit_key) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET commit_key = excluded.commit_key",
            (commit.repository, name, commit.key),
        )

    def create_ref(self, connection: sqlite3.Connection, name: str, commit: Commit, message: str | None = None) -> None:
        """Add a new name, inside a transaction. Raises: HubError 400 for a name that reads as an oid, 409 for a taken one."""
        if _OID.fullmatch(name.split("/", 2)[2]):
            raise bad_request("A name that reads as a commit's oid is not allowed")
        try:
            connection.execute("INSERT INTO refs VALUES (?, ?, ?, ?)", (commit.repository, name, commit.key, message))
        except sqlite3.IntegrityError as error:
            raise HubError(409, "Reference already exists") from error

    def delete_ref(self, connection: sqlite3.Connection, repository: int, name: str) -> None:
        """Inside a transaction. Raises: HubError 404 RevisionNotFound."""
        if not connection.execute("DELETE FROM refs WHERE repository = ? AND name = ?", (repository, name)).rowcount:
            raise revision_not_found(name)

    def open_pull_request(self, connection: sqlite3.Connection, commit: Commit, author: str) -> int:
        """Open a pull request whose branch holds `commit`, inside a transaction. Returns: its number."""
        taken = (pull_request_number(ref) or 0 for ref, _ in self.refs(commit.repository))
        number = max(taken) + 1
        connection.execute("INSERT INTO pull_requests VALUES (?, ?, ?)", (commit.repository, number, author))
        self.create_ref(connection, pull_request_ref(number), commit)
        return number

    def pull_request_author(self, repository: int, number: int) -> str:
        """Raises: HubError 404 for an unknown number."""
        query = "SELECT author FROM pull_requests WHERE repository = ? AND number = ?"
        row = self._database.read().execute(query, (repository, number)).fetchone()
        if row is None:
            raise HubError(404, f"No pull request {number}")
        return str(row["author"])

    def _by_prefix(self, repository: int, prefix: str) -> Commit | None:
        """The only commit whose oid begins so; None for none or more than one."""
        query = "SELECT * FROM commits WHERE repository = ? AND oid >= ? AND oid < ? LIMIT 2"
        rows = self._database.read().execute(query, (repository, prefix, prefix + "g")).fetchall()
        return commit_from(rows[0]) if len(rows) == 1 else None


def commit_from(row: sqlite3.Row) -> Commit:
    """A row of the table of commits."""
    return Commit(**dict(row))
