"""Users, organisations, and tokens that read or write. A token is kept as its hash only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from localhub.database import Database
from localhub.errors import HubError
from localhub.names import checked_owner

Role = Literal["read", "write"]
Kind = Literal["user", "org"]
KIND_WORDS: dict[Kind, str] = {"user": "a user", "org": "an organisation"}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, kind TEXT NOT NULL CHECK (kind IN ('user', 'org')),
    created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS members (
    org INTEGER NOT NULL REFERENCES accounts, user INTEGER NOT NULL REFERENCES accounts, PRIMARY KEY (org, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
    sha256 TEXT PRIMARY KEY, user INTEGER NOT NULL REFERENCES accounts, role TEXT NOT NULL CHECK (role IN ('read', 'write')),
    created TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Account:
    """The owner of a token: name, organisations, and the role of the token."""

    name: str
    orgs: tuple[str, ...]
    role: Role

    def belongs_to(self, owner: str) -> bool:
        """Whether it is `owner`, or a member."""
        return owner == self.name or owner in self.orgs


class Accounts:
    def __init__(self, database: Database) -> None:
        self._database = database
        database.add_schema(_SCHEMA)

    def add_user(self, name: str) -> None:
        """Add a user, unless it exists. Raises: HubError 400 for an invalid name, 409 for the name of an organisation."""
        self._add(name, "user")

    def add_org(self, name: str, members: tuple[str, ...] = ()) -> None:
        """Add an organisation with users who may do everything in it. Raises: HubError 400 and 409, as `add_user`."""
        self._add(name, "org")
        with self._database.write() as connection:
            for member in members:
                connection.execute(
                    "INSERT OR IGNORE INTO members SELECT org.id, user.id FROM accounts org, accounts user "
                    "WHERE org.name = ? AND user.name = ? AND user.kind = 'user'",
                    (name, member),
                )

    def add_token(self, user: str, token: str, role: Role = "write") -> None:
        """Add a token, or change its role. Raises: HubError 409 for a token of another user."""
        with self._database.write() as connection:
            owner = self.by_token(token)
            if owner and owner.name.lower() != user.lower():
                raise HubError(409, f"The token is {owner.name}'s already. Allowed: one token for one user")
            connection.execute(
                "INSERT OR REPLACE INTO tokens SELECT ?, id, ?, ? FROM accounts WHERE name = ? AND kind = 'user'",
                (_digest(token), role, timestamp(), user),
            )

    def by_token(self, token: str) -> Account | None:
        row = (
            self._database.read()
            .execute("SELECT id, name, role FROM tokens JOIN accounts ON id = user WHERE sha256 = ?", (_digest(token),))
            .fetchone()
        )
        return Account(row["name"], self._orgs(row["id"]), row["role"]) if row else None

    def kind(self, name: str) -> Kind | None:
        row = self._database.read().execute("SELECT kind FROM accounts WHERE name = ?", (name,)).fetchone()
        return row["kind"] if row else None

    def check_free(self, name: str, kind: Kind) -> None:
        """Raises: HubError 400 for an invalid name, 409 for the name of an account of the other kind."""
        taken = self.kind(checked_owner(name))
        if taken not in (None, kind):
            raise HubError(409, f"There is {KIND_WORDS[taken]} of that name already")

    def _orgs(self, user: int) -> tuple[str, ...]:
        rows = self._database.read().execute(
            "SELECT name FROM members JOIN accounts ON id = org WHERE user = ? ORDER BY name", (user,)
        )
        return tuple(row["name"] for row in rows)

    def _add(self, name: str, kind: Kind) -> None:
        with self._database.write() as connection:
            self.check_free(name, kind)
            connection.execute("INSERT OR IGNORE INTO accounts (name, kind, created) VALUES (?, ?, ?)", (name, kind, timestamp()))


def new_token() -> str:
    """A random token."""
    return f"hf_{secrets.token_hex(20)}"


def timestamp() -> str:
    """The present time in UTC, in the Hub's format."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
