"""Which repository holds which large file: the hash of a file gives no access to it."""

from __future__ import annotations

import sqlite3

from localhub.accounts import Account
from localhub.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS possessions (
    sha256 TEXT NOT NULL, repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
    PRIMARY KEY (sha256, repository)) WITHOUT ROWID;
"""


class BlobAccess:
    def __init__(self, database: Database) -> None:
        self._database = database
        database.add_schema(_SCHEMA)

    def add(self, connection: sqlite3.Connection, repository: int, sha256: str) -> None:
        """Record that a repository holds a file, inside a transaction; recording it twice is fine."""
        connection.execute("INSERT OR IGNORE INTO possessions VALUES (?, ?)", (sha256, repository))

    def has(self, repository: int, sha256: str) -> bool:
        """Whether a file was uploaded to a repository, or committed to it."""
        row = self._database.read().execute("SELECT 1 FROM possessions WHERE sha256 = ? AND repository = ?", (sha256, repository))
        return row.fetchone() is not None

    def readable_by(self, account: Account | None, sha256: str) -> bool:
        """Whether an account may read any repository that holds a file."""
        rows = self._database.read().execute(
            "SELECT owner, private FROM possessions JOIN repositories ON id = repository WHERE sha256 = ?", (sha256,)
        )
        return any(not row["private"] or (account is not None and account.belongs_to(row["owner"])) for row in rows)
