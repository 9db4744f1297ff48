"""Folders as content-addressed objects: a commit writes the folders on the way to what it changes, and shares all others."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping

from localhub.cache import WeightedCache
from localhub.database import Database
from localhub.errors import bad_request
from localhub.gitobjects import EMPTY_TREE, Entry, decode_tree, encode_tree, oid

_SCHEMA = "CREATE TABLE IF NOT EXISTS trees (oid TEXT PRIMARY KEY, body BLOB NOT NULL)"
_CACHED_ENTRIES = 300_000  # about 60 MB


class Trees:
    """Trees by oid. What is read is shared with other readers: not to be changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: WeightedCache[str, Mapping[str, Entry]] = WeightedCache(_CACHED_ENTRIES)
        database.add_schema(_SCHEMA)

    def read(self, tree: str) -> Mapping[str, Entry]:
        """Names in a folder. Raises: KeyError when there is no such tree."""
        entries = self._cache.get(tree)
        if entries is None:
            entries = self._load(tree)
            self._cache.put(tree, entries, len(entries) + 1)
        return entries

    def find(self, root: str, path: str) -> Entry | None:
        """What stands at a path below a root; the root itself for an empty path."""
        entry = Entry(root, folder=True)
        for part in path.split("/") if path else ():
            below = self.read(entry.oid).get(part) if entry.folder else None
            if below is None:
                return None
            entry = below
        return entry

    def files(self, tree: str, prefix: str = "") -> Iterator[tuple[str, str]]:
        """Path and blob oid of every file below, in the order of the tree endpoint; paths start with `prefix`."""
        for name, entry in self.read(tree).items():
            if entry.folder:
                yield from self.files(entry.oid, f"{prefix}{name}/")
            else:
                yield prefix + name, entry.oid

    def write(self, connection: sqlite3.Connection, root: str, changes: Mapping[str, str | None]) -> str:
        """The root with files put (blob oid) and removed (None), inside a transaction. A folder left empty is gone.

        Returns: the new root's oid. Raises: HubError 400 where a file would have to be a folder as well.
        """
        entries = dict(self.read(root))
        below: dict[str, dict[str, str | None]] = defaultdict(dict)
        for path, blob in changes.items():
            name, _, rest = path.partition("/")
            below[name][rest] = blob  # an empty rest is the name itself
        for name, inside in below.items():
            self._write_entry(connection, entries, name, inside)
        return self._store(connection, entries)

    def _write_entry(
        self, connection: sqlite3.Connection, entries: dict[str, Entry], name: str, changes: dict[str, str | None]
    ) -> None:
        old = entries.pop(name, None)
        folder = old.oid if old and old.folder else EMPTY_TREE
        file = changes.pop("", None if folder != EMPTY_TREE else (old and old.oid))
        if changes:
            folder = self.write(connection, folder, changes)
        if file and folder != EMPTY_TREE:
            raise bad_request(f"{name} would be a file and a folder")
        if file or folder != EMPTY_TREE:
            entries[name] = Entry(file or folder, folder=not file)

    def _store(self, connection: sqlite3.Connection, entries: Mapping[str, Entry]) -> str:
        body = encode_tree(entries)
        tree = oid("tree", body)
        connection.execute("INSERT OR IGNORE INTO trees VALUES (?, ?)", (tree, body))
        return tree

    def _load(self, tree: str) -> Mapping[str, Entry]:
        if tree == EMPTY_TREE:
            return {}
        row = self._database.read().execute("SELECT body FROM trees WHERE oid = ?", (tree,)).fetchone()
        if row is None:
            raise KeyError(tree)
        return decode_tree(row["body"])
