"""SQLite, for everything that is not the bytes of a file: one writer at a time, any number of readers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BUSY_SECONDS = 30.0


class Database:
    """A database in WAL mode with one connection a thread; a transaction is on the disk when `write()` ends.

    Each module that keeps something adds its own tables with `add_schema`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._writing = threading.Lock()
        self._opened: list[sqlite3.Connection] = []
        self.read()
        # What a connection writes itself does not change its own data_version: this one never writes.
        self._watcher = self._open()
        self._watching = threading.Lock()

    def read(self) -> sqlite3.Connection:
        """The connection of this thread; rows come as `sqlite3.Row`."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open()
        return connection

    def version(self) -> int:
        """A number that is another one after every transaction that anybody ends, here or in another process."""
        with self._watching:
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that starts when no other is under way, and is all there or not at all. Not to be nested."""
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
