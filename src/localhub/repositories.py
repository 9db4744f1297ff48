"""Repositories: who owns them, who may see them, what they are called now and were called before."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from localhub.accounts import Account, timestamp
from localhub.database import Database
from localhub.errors import HubError, repository_not_found
from localhub.names import RepoType, checked_name, checked_type

_SCHEMA = """
CREATE TABLE IF NOT EXISTS repositories (
    id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL,
    owner TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL COLLATE NOCASE,
    private INTEGER NOT NULL, gated TEXT, sdk TEXT, created TEXT NOT NULL, UNIQUE (type, owner, name));
CREATE TABLE IF NOT EXISTS former_names (
    type TEXT NOT NULL, owner TEXT NOT NULL COLLATE NOCASE, name TEXT NOT NULL COLLATE NOCASE,
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE, PRIMARY KEY (type, owner, name)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Repository:
    """One row: `key` is the database's, `id` is OWNER/NAME as clients write it."""

    key: int
    type: RepoType
    owner: str
    name: str
    private: bool
    created: str
    gated: str | None = None
    sdk: str | None = None

    @property
    def id(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def prefix(self) -> str:
        """What stands before the id in addresses of pages: nothing for models."""
        return "" if self.type == "model" else f"{self.type}s/"

    def visible_to(self, account: Account | None) -> bool:
        return not self.private or (account is not None and account.belongs_to(self.owner))


class Repositories:
    def __init__(self, database: Database) -> None:
        self._database = database
        database.add_schema(_SCHEMA)

    def find(self, repo_type: str, owner: str, name: str) -> Repository:
        """By its name, or by one it had before. Raises: HubError 404 RepoNotFound."""
        key = (checked_type(repo_type), owner, name)
        connection = self._database.read()
        row = connection.execute("SELECT * FROM repositories WHERE type = ? AND owner = ? AND name = ?", key).fetchone()
        if row is None:
            row = connection.execute(
                "SELECT repositories.* FROM former_names f JOIN repositories ON id = f.repository "
                "WHERE f.type = ? AND f.owner = ? AND f.name = ?",
                key,
            ).fetchone()
        if row is None:
            raise repository_not_found()
        return _repository(row)

    def readable(self, repo_type: str, owner: str, name: str, account: Account | None) -> Repository:
        """One that the asker may see. Raises: HubError 404 RepoNotFound, also for the private ones of others."""
        repository = self.find(repo_type, owner, name)
        if not repository.visible_to(account):
            raise repository_not_found()
        return repository

    def writable(self, repo_type: str, owner: str, name: str, account: Account | None) -> Repository:
        """One that the asker may change. Raises: HubError 404 when they may not see it, 401 without a token, 403 else."""
        repository = self.readable(repo_type, owner, name, account)
        check_may_write(account, repository.owner)
        return repository

    def create(
        self, connection: sqlite3.Connection, repo_type: RepoType, owner: str, name: str, *, private: bool, sdk: str | None = None
    ) -> Repository:
        """Inside a transaction. Raises: HubError 400 for a bad name, 409 when there is one."""
        checked_name(owner)
        checked_name(name)
        try:
            cursor = connection.execute(
                "INSERT INTO repositories (type, owner, name, private, sdk, created) VALUES (?, ?, ?, ?, ?, ?)",
                (repo_type, owner, name, private, sdk, timestamp()),
            )
        except sqlite3.IntegrityError as error:
            raise HubError(409, "You already created this repository") from error
        row = connection.execute("SELECT * FROM repositories WHERE id = ?", (cursor.lastrowid,)).fetchone()
        return _repository(row)

    def delete(self, repository: Repository) -> None:
        """With its history. The blobs stay: others may hold the same bytes."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM repositories WHERE id = ?", (repository.key,))

    def rename(self, repository: Repository, owner: str, name: str) -> None:
        """Its old name goes on to lead here, until somebody takes it. Raises: HubError 409 when the new name is taken."""
        with self._database.write() as connection:
            try:
                connection.execute("UPDATE repositories SET owner = ?, name = ? WHERE id = ?", (owner, name, repository.key))
            except sqlite3.IntegrityError as error:
                raise HubError(409, "There is a repository of that name already") from error
            old = (repository.type, repository.owner, repository.name, repository.key)
            connection.execute("INSERT OR REPLACE INTO former_names VALUES (?, ?, ?, ?)", old)

    def set_visibility(self, repository: Repository, *, private: bool, gated: str | None) -> None:
        with self._database.write() as connection:
            connection.execute("UPDATE repositories SET private = ?, gated = ? WHERE id = ?", (private, gated, repository.key))

    def all(self, repo_type: str, account: Account | None, owner: str | None = None) -> list[Repository]:
        """Those that the asker may see, of everybody or of one owner, in the order in which they were made."""
        rows = self._database.read().execute(
            "SELECT * FROM repositories WHERE type = ? AND (? IS NULL OR owner = ?) ORDER BY id", (repo_type, owner, owner)
        )
        return [repository for repository in map(_repository, rows) if repository.visible_to(account)]


def check_may_write(account: Account | None, owner: str) -> None:
    """Raises: HubError 401 without a token, 403 with one that only reads or that belongs to somebody else."""
    if account is None:
        raise HubError(401, "A token is needed to write")
    if account.role != "write":
        raise HubError(403, "This token may read only")
    if not account.belongs_to(owner):
        raise HubError(403, f"You may not write to what belongs to {owner}")


def _repository(row: sqlite3.Row) -> Repository:
    return Repository(
        key=row["id"],
        type=row["type"],
        owner=row["owner"],
        name=row["name"],
        private=bool(row["private"]),
        created=row["created"],
        gated=row["gated"],
        sdk=row["sdk"],
    )
