"""Commits of a repository, and which of them changed what. A commit has one parent or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from localhub.cache import WeightedCache
from localhub.database import Database
from localhub.gitobjects import EMPTY_TREE, encode_commit, oid
from localhub.trees import Trees

_SCHEMA = """
CREATE TABLE IF NOT EXISTS commits (
    key INTEGER PRIMARY KEY AUTOINCREMENT, repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    oid TEXT NOT NULL, parent INTEGER REFERENCES commits, tree TEXT NOT NULL, depth INTEGER NOT NULL,
    author TEXT NOT NULL, seconds INTEGER NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL, UNIQUE (repository, oid));
CREATE INDEX IF NOT EXISTS commits_by_parent ON commits (parent);
CREATE TABLE IF NOT EXISTS changes (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE, path TEXT NOT NULL,
    commit_key INTEGER NOT NULL REFERENCES commits ON DELETE CASCADE, PRIMARY KEY (repository, path, commit_key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS changes_by_commit ON changes (commit_key);
"""
_CACHED_ANCESTORS = 1_000_000  # about 40 MB of keys
_LINE = """
WITH RECURSIVE line (key, parent) AS (
    SELECT key, parent FROM commits WHERE key = ?
    UNION ALL SELECT commits.key, commits.parent FROM commits JOIN line ON commits.key = line.parent)
SELECT {}
"""
_COMMITS_OF_LINE = _LINE.format("commits.* FROM line JOIN commits USING (key) ORDER BY key DESC LIMIT ? OFFSET ?")
_KEYS_OF_LINE = _LINE.format("key FROM line")
_FORGET_UNNAMED = """
WITH RECURSIVE named (key, parent) AS (
    SELECT key, parent FROM commits WHERE key IN (SELECT commit_key FROM refs WHERE repository = :repository)
    UNION SELECT commits.key, commits.parent FROM commits JOIN named ON commits.key = named.parent)
DELETE FROM commits WHERE repository = :repository AND key NOT IN (SELECT key FROM named)
"""


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
class Words:
    """Who says what of a commit."""

    author: str
    title: str
    description: str = ""


def message_of(words: Words | Commit) -> str:
    """Title and description as git writes them."""
    return f"{words.title}\n\n{words.description}" if words.description else words.title


class History:
    def __init__(self, database: Database, trees: Trees) -> None:
        self._database = database
        self._trees = trees
        self._ancestors: WeightedCache[int, frozenset[int]] = WeightedCache(_CACHED_ANCESTORS)
        database.add_schema(_SCHEMA)

    def add(
        self,
        connection: sqlite3.Connection,
        repository: int,
        parent: Commit | None,
        changes: Mapping[str, str | None],
        words: Words,
    ) -> Commit:
        """A commit on top of `parent` that puts (blob oid) and removes (None) files, inside a transaction.

        Raises: HubError 400 where a file would have to be a folder as well.
        """
        tree = self._trees.write(connection, parent.tree if parent else EMPTY_TREE, changes)
        return self.add_tree(connection, repository, parent, tree=tree, paths=changes, words=words)

    def add_tree(
        self,
        connection: sqlite3.Connection,
        repository: int,
        parent: Commit | None,
        *,
        tree: str,
        paths: Iterable[str],
        words: Words,
    ) -> Commit:
        """A commit whose tree is stored already and which differs from its parent in `paths`."""
        seconds = max(int(datetime.now(UTC).timestamp()), parent.seconds if parent else 0)
        name = oid("commit", encode_commit(tree, parent.oid if parent else None, words.author, seconds, message_of(words)))
        depth = parent.depth + 1 if parent else 1
        row = (repository, name, parent and parent.key, tree, depth, words.author, seconds, words.title, words.description)
        connection.execute(
            "INSERT OR IGNORE INTO commits (repository, oid, parent, tree, depth, author, seconds, title, description) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        commit = self.find(repository, name)
        connection.executemany(
            "INSERT OR IGNORE INTO changes VALUES (?, ?, ?)", ((repository, path, commit.key) for path in _with_folders(paths))
        )
        return commit

    def forget_unnamed(self, connection: sqlite3.Connection, repository: int) -> None:
        """Drop commits that no branch, tag or pull request leads to, inside a transaction."""
        connection.execute(_FORGET_UNNAMED, {"repository": repository})

    def find(self, repository: int, name: str) -> Commit:
        """By its full oid. Raises: KeyError."""
        row = (
            self._database.read().execute("SELECT * FROM commits WHERE repository = ? AND oid = ?", (repository, name)).fetchone()
        )
        if row is None:
            raise KeyError(name)
        return commit_from(row)

    def by_prefix(self, repository: int, prefix: str) -> Commit | None:
        """The only commit whose oid begins so; None when there is none, or more than one."""
        rows = self._database.read().execute(
            "SELECT * FROM commits WHERE repository = ? AND oid >= ? AND oid < ? LIMIT 2", (repository, prefix, prefix + "g")
        )
        found = rows.fetchall()
        return commit_from(found[0]) if len(found) == 1 else None

    def by_key(self, key: int) -> Commit:
        return commit_from(self._database.read().execute("SELECT * FROM commits WHERE key = ?", (key,)).fetchone())

    def line(self, commit: Commit, start: int = 0, count: int = -1) -> list[Commit]:
        """A commit and those before it, newest first: `count` of them from the `start`-th on, all for -1."""
        rows = self._database.read().execute(_COMMITS_OF_LINE, (commit.key, count, start))
        return [commit_from(row) for row in rows]

    def changed_paths(self, repository: int) -> Iterator[tuple[Commit, str]]:
        """What each commit of a repository put or removed, files and folders, oldest first."""
        rows = self._database.read().execute(
            "SELECT commits.*, path FROM changes JOIN commits ON key = commit_key "
            "WHERE changes.repository = ? ORDER BY key, path",
            (repository,),
        )
        return ((commit_from(row), row["path"]) for row in rows)

    def last_changes(self, commit: Commit, paths: Iterable[str]) -> Iterator[tuple[str, Commit]]:
        """For each path of a commit's tree, files and folders, the newest commit up to this one that changed it."""
        ancestors = self.ancestors(commit)
        for path in paths:
            rows = self._database.read().execute(
                "SELECT commit_key FROM changes WHERE repository = ? AND path = ? AND commit_key <= ? ORDER BY commit_key DESC",
                (commit.repository, path, commit.key),
            )
            yield path, self.by_key(next(row["commit_key"] for row in rows if row["commit_key"] in ancestors))

    def ancestors(self, commit: Commit) -> frozenset[int]:
        """Keys of a commit and of all before it."""
        known = self._ancestors.get(commit.key)
        if known is None:
            rows = self._database.read().execute(_KEYS_OF_LINE, (commit.key,))
            known = frozenset(row["key"] for row in rows)
            self._ancestors.put(commit.key, known, len(known))
        return known


def commit_from(row: sqlite3.Row) -> Commit:
    return Commit(
        key=row["key"],
        repository=row["repository"],
        oid=row["oid"],
        parent=row["parent"],
        tree=row["tree"],
        depth=row["depth"],
        author=row["author"],
        seconds=row["seconds"],
        title=row["title"],
        description=row["description"],
    )


def _with_folders(paths: Iterable[str]) -> set[str]:
    """The paths, and every folder that holds one of them."""
    found = set()
    for path in paths:
        while path and path not in found:
            found.add(path)
            path = path.rpartition("/")[0]  # noqa: PLW2901 - going up
    return found
