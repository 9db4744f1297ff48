"""Discussions and pull requests of a repository, numbered together; what happened in them is a list of events."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from localhub.accounts import timestamp
from localhub.database import Database
from localhub.errors import HubError, bad_request
from localhub.history import Commit
from localhub.refs import Refs

Status = Literal["open", "closed", "merged", "draft"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS discussions (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE, number INTEGER NOT NULL, title TEXT NOT NULL,
    author TEXT NOT NULL, status TEXT NOT NULL, created TEXT NOT NULL, base TEXT, merged TEXT, PRIMARY KEY (repository, number))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS discussion_events (
    id TEXT PRIMARY KEY, repository INTEGER NOT NULL, number INTEGER NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL,
    author TEXT NOT NULL, created TEXT NOT NULL, data TEXT NOT NULL,
    FOREIGN KEY (repository, number) REFERENCES discussions ON DELETE CASCADE) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS events_by_discussion ON discussion_events (repository, number, position);
"""
_TITLE_LENGTH = range(1, 201)
_NUMBER = re.compile("[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Discussion:
    """`base` is the branch that a pull request goes to, in full; None for a discussion. `merged` is the oid of the merge."""

    repository: int
    number: int
    title: str
    author: str
    status: Status
    created: str
    base: str | None
    merged: str | None

    @property
    def ref(self) -> str:
        return pull_request_ref(self.number)


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is comment, status-change, title-change or commit; `data` what the client expects of it."""

    id: str
    kind: str
    author: str
    created: str
    data: Mapping[str, Any]


def pull_request_ref(number: int) -> str:
    return f"refs/pr/{number}"


def pull_request_number(ref: str) -> int | None:
    """Whose branch a full name is; None for other names."""
    number = ref.removeprefix("refs/pr/")
    return int(number) if number != ref and _NUMBER.fullmatch(number) else None


class Discussions:
    def __init__(self, database: Database, refs: Refs) -> None:
        self._database = database
        self._refs = refs
        database.add_schema(_SCHEMA)

    def open(
        self,
        connection: sqlite3.Connection,
        repository: int,
        title: str,
        comment: str,
        *,
        author: str,
        base: str | None = None,
        status: Status = "open",
    ) -> int:
        """A new one, inside a transaction; a pull request when it has a base. Returns: its number."""
        query = "SELECT coalesce(max(number), 0) + 1 FROM discussions WHERE repository = ?"
        number = int(connection.execute(query, (repository,)).fetchone()[0])
        row = (repository, number, _title(title), author, status, timestamp(), base)
        connection.execute(
            "INSERT INTO discussions (repository, number, title, author, status, created, base) VALUES (?, ?, ?, ?, ?, ?, ?)", row
        )
        self.add_event(connection, (repository, number), "comment", author, comment_data(comment))
        return number

    def open_pull_request(
        self,
        connection: sqlite3.Connection,
        repository: int,
        title: str,
        comment: str,
        *,
        author: str,
        head: Commit,
        base: str,
        status: Status,
    ) -> int:
        """A pull request whose branch begins at `head`, inside a transaction. Returns: its number."""
        number = self.open(connection, repository, title[: _TITLE_LENGTH[-1]], comment, author=author, base=base, status=status)
        self._refs.create(connection, pull_request_ref(number), head)
        self.add_event(connection, (repository, number), "commit", author, {"subject": head.title, "oid": head.oid})
        return number

    def get(self, repository: int, number: int) -> Discussion:
        """Raises: HubError 404."""
        row = (
            self._database.read()
            .execute("SELECT * FROM discussions WHERE repository = ? AND number = ?", (repository, number))
            .fetchone()
        )
        if row is None:
            raise HubError(404, f"No discussion {number}")
        return Discussion(**dict(row))

    def all(self, repository: int) -> list[Discussion]:
        """Newest first."""
        rows = self._database.read().execute("SELECT * FROM discussions WHERE repository = ? ORDER BY number DESC", (repository,))
        return [Discussion(**dict(row)) for row in rows]

    def events(self, repository: int, number: int) -> list[Event]:
        """Oldest first."""
        rows = self._database.read().execute(
            "SELECT * FROM discussion_events WHERE repository = ? AND number = ? ORDER BY position", (repository, number)
        )
        return [_event(row) for row in rows]

    def add_event(
        self, connection: sqlite3.Connection, key: tuple[int, int], kind: str, author: str, data: Mapping[str, Any]
    ) -> Event:
        """To the discussion of a repository and a number, inside a transaction."""
        event = Event(secrets.token_hex(12), kind, author, timestamp(), data)
        query = "SELECT count(*) FROM discussion_events WHERE repository = ? AND number = ?"
        position = connection.execute(query, key).fetchone()[0]
        row = (event.id, *key, position, kind, author, event.created, json.dumps(data))
        connection.execute("INSERT INTO discussion_events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return event

    def change_comment(
        self, connection: sqlite3.Connection, discussion: Discussion, comment: str, data: Mapping[str, Any]
    ) -> Event:
        """Other data for a comment, inside a transaction. Raises: HubError 404 when there is no such comment."""
        where = "id = ? AND repository = ? AND number = ? AND kind = 'comment'"
        key = (comment, discussion.repository, discussion.number)
        connection.execute(f"UPDATE discussion_events SET data = ? WHERE {where}", (json.dumps(data), *key))  # noqa: S608 - fixed words
        row = connection.execute(f"SELECT * FROM discussion_events WHERE {where}", key).fetchone()  # noqa: S608 - fixed words
        if row is None:
            raise HubError(404, "No such comment")
        return _event(row)

    def set_title(self, connection: sqlite3.Connection, discussion: Discussion, title: str) -> None:
        """Inside a transaction."""
        self._set(connection, discussion, "title", _title(title))

    def set_status(self, connection: sqlite3.Connection, discussion: Discussion, status: str) -> None:
        """Inside a transaction. Raises: HubError 400 for an unknown status."""
        if status not in get_args(Status):
            raise bad_request(f"Unknown status. Allowed: {', '.join(get_args(Status))}")
        self._set(connection, discussion, "status", status)

    def set_merged(self, connection: sqlite3.Connection, discussion: Discussion, commit: Commit) -> None:
        """Inside a transaction."""
        self._set(connection, discussion, "merged", commit.oid)
        self._set(connection, discussion, "status", "merged")

    def _set(self, connection: sqlite3.Connection, discussion: Discussion, column: str, value: str) -> None:
        key = (value, discussion.repository, discussion.number)
        connection.execute(f"UPDATE discussions SET {column} = ? WHERE repository = ? AND number = ?", key)  # noqa: S608 - fixed words


def comment_data(text: str, *, edited: bool = False, hidden: bool = False) -> dict[str, Any]:
    """A comment as the client reads it."""
    return {"edited": edited, "hidden": hidden, "latest": {"raw": text, "updatedAt": timestamp()}}


def _title(title: object) -> str:
    if not isinstance(title, str) or len(title.strip()) not in _TITLE_LENGTH:
        raise bad_request("A title has 1 to 200 characters")
    return title.strip()


def _event(row: sqlite3.Row) -> Event:
    return Event(row["id"], row["kind"], row["author"], row["created"], json.loads(row["data"]))
