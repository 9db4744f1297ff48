"""SQLite for everything but the bytes of files: one writer at a time, any number of readers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BUSY_SECONDS = 30.0


class Database:
    """A database in WAL mode with one connection a thread; a transaction is on the disk when `write()` ends.

    Each module adds its own tables with `add_schema`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._writing = threading.Lock()
        self._opened: list[sqlite3.Connection] = []
        self.read()

    def read(self) -> sqlite3.Connection:
        """The connection of this thread; rows are `sqlite3.Row`."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open()
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: it waits for others, and is committed whole or not at all. Do not nest it.

        Raises: RuntimeError inside another transaction.
        """
        connection = self.read()
        if connection.in_transaction:
            raise RuntimeError("a transaction inside a transaction")
        with self._writing:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # on a full disk SQLite has rolled back by itself
                    connection.execute("ROLLBACK")
                raise

    def add_schema(self, sql: str) -> None:
        """Create tables and indexes; every statement is `CREATE ... IF NOT EXISTS`."""
        with self._writing:
            self.read().executescript(f"BEGIN IMMEDIATE; {sql}; COMMIT;")

    def close(self) -> None:
        """Close the connections of all threads, the last of which folds the log into the database file."""
        for connection in self._opened:
            connection.close()
        self._opened.clear()

    def _open(self) -> sqlite3.Connection:
        # Closing happens in another thread than the one that used it, when no request runs any more.
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        self._opened.append(connection)
        return connection
