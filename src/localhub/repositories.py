"""Repositories: owner, name and visibility."""

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
    private INTEGER NOT NULL, sdk TEXT, created TEXT NOT NULL, UNIQUE (type, owner, name));
"""


@dataclass(frozen=True, slots=True)
class Repository:
    """`key` is the database's, `id` is OWNER/NAME."""

    key: int
    type: RepoType
    owner: str
    name: str
    private: bool
    created: str
    sdk: str | None = None

    @property
    def id(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def prefix(self) -> str:
        """Prefix of the id in addresses of pages; empty for models."""
        return "" if self.type == "model" else f"{self.type}s/"

    def visible_to(self, account: Account | None) -> bool:
        return not self.private or (account is not None and account.belongs_to(self.owner))


class Repositories:
    def __init__(self, database: Database) -> None:
        self._database = database
        database.add_schema(_SCHEMA)

    def find(self, repo_type: str, owner: str, name: str) -> Repository:
        """By its name. Raises: HubError 404 RepoNotFound."""
        key = (checked_type(repo_type), owner, name)
        query = "SELECT * FROM repositories WHERE type = ? AND owner = ? AND name = ?"
        row = self._database.read().execute(query, key).fetchone()
        if row is None:
            raise repository_not_found()
        return _repository(row)

    def readable(self, repo_type: str, owner: str, name: str, account: Account | None) -> Repository:
        """One that an account may see. Raises: HubError 404 RepoNotFound, also for private ones of others."""
        repository = self.find(repo_type, owner, name)
        if not repository.visible_to(account):
            raise repository_not_found()
        return repository

    def writable(self, repo_type: str, owner: str, name: str, account: Account | None) -> Repository:
        """One that an account may change. Raises: HubError 404 for a hidden one, 401 without a token, 403 otherwise."""
        repository = self.readable(repo_type, owner, name, account)
        check_may_write(account, repository.owner)
        return repository

    def create(
        self, connection: sqlite3.Connection, repo_type: RepoType, owner: str, name: str, *, private: bool, sdk: str | None = None
    ) -> Repository:
        """Inside a transaction. Raises: HubError 400 for a bad name, 409 for a taken one."""
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
        """Delete it with its history. The blobs stay: other repositories may hold the same bytes."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM repositories WHERE id = ?", (repository.key,))

    def set_private(self, repository: Repository, *, private: bool) -> None:
        with self._database.write() as connection:
            connection.execute("UPDATE repositories SET private = ? WHERE id = ?", (private, repository.key))

    def visible(self, repo_type: str, account: Account | None, owner: str | None = None) -> list[Repository]:
        """Those that an account may see, of all owners or of one, the oldest first."""
        rows = self._database.read().execute(
            "SELECT * FROM repositories WHERE type = ? AND (? IS NULL OR owner = ?) ORDER BY id", (repo_type, owner, owner)
        )
        return [repository for repository in map(_repository, rows) if repository.visible_to(account)]


def check_may_write(account: Account | None, owner: str) -> None:
    """Raises: HubError 401 without a token, 403 for a token that only reads or belongs to somebody else."""
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
        sdk=row["sdk"],
    )
