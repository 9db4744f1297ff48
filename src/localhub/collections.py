"""Collections: lists of repositories under a title, each item with a note."""

from __future__ import annotations

import re
import secrets
import sqlite3
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from localhub.accounts import Account, timestamp
from localhub.database import Database
from localhub.errors import HubError, bad_request
from localhub.names import REPO_TYPES

if TYPE_CHECKING:
    from localhub.hub import Hub

_SCHEMA = """
CREATE TABLE IF NOT EXISTS collections (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, description TEXT, private INTEGER NOT NULL,
    theme TEXT NOT NULL, position INTEGER NOT NULL, updated TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collection_items (
    id TEXT PRIMARY KEY, collection TEXT NOT NULL REFERENCES collections ON DELETE CASCADE, type TEXT NOT NULL,
    item TEXT NOT NULL, note TEXT, position INTEGER NOT NULL, UNIQUE (collection, type, item)) WITHOUT ROWID;
"""
_THEME = "green"  # the client reads one; nothing shows it
_MAX_TITLE, _MAX_DESCRIPTION, _MAX_NOTE = 60, 150, 500


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    type: str
    item: str
    note: str | None
    position: int


@dataclass(frozen=True, slots=True)
class Collection:
    """`slug` is the name that clients use: the owner, the words of the title, the id."""

    id: str
    owner: str
    title: str
    description: str | None
    private: bool
    theme: str
    position: int
    updated: str

    @property
    def slug(self) -> str:
        plain = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore").decode().lower()
        words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "collection"
        return f"{self.owner}/{words}-{self.id}"


class Collections:
    def __init__(self, database: Database) -> None:
        self._database = database
        database.add_schema(_SCHEMA)

    def create(self, owner: str, title: object, description: object, *, private: bool) -> str:
        """Returns: its id. Raises: HubError 400 for a text that is too long, 409 if the owner has one of that title."""
        texts = (_text(title, "title", _MAX_TITLE), description and _text(description, "description", _MAX_DESCRIPTION))
        with self._database.write() as connection:
            same = connection.execute("SELECT * FROM collections WHERE owner = ? AND title = ?", (owner, texts[0])).fetchone()
            if same is not None:
                raise HubError(409, "There is a collection of that title", body={"slug": _collection(same).slug})
            position = connection.execute("SELECT count(*) FROM collections WHERE owner = ?", (owner,)).fetchone()[0]
            row = (secrets.token_hex(12), owner, *texts, private, _THEME, position, timestamp())
            connection.execute("INSERT INTO collections VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return row[0]

    def get(self, name: str, account: Account | None) -> Collection:
        """By id, or by a slug that ends with it. Raises: HubError 404, also for private ones of others."""
        row = self._database.read().execute("SELECT * FROM collections WHERE id = ?", (name.rpartition("-")[2],)).fetchone()
        if row is None or not _visible(_collection(row), account):
            raise HubError(404, "Collection not found")
        return _collection(row)

    def visible(self, account: Account | None, owner: str | None = None) -> list[Collection]:
        """Those that an account may see, the last changed first."""
        rows = self._database.read().execute(
            "SELECT * FROM collections WHERE ? IS NULL OR owner = ? ORDER BY updated DESC, id", (owner, owner)
        )
        return [collection for collection in map(_collection, rows) if _visible(collection, account)]

    def items(self, collection: Collection) -> list[Item]:
        """In their order."""
        query = "SELECT id, type, item, note, position FROM collection_items WHERE collection = ? ORDER BY position"
        return [Item(**dict(row)) for row in self._database.read().execute(query, (collection.id,))]

    def add_item(self, collection: Collection, repo_type: str, repo_id: str, note: object) -> None:
        """Append a repository. Raises: HubError 409 if it is in the collection."""
        text = note and _text(note, "note", _MAX_NOTE)
        with self._database.write() as connection:
            query = "SELECT coalesce(max(position) + 1, 0) FROM collection_items WHERE collection = ?"
            position = connection.execute(query, (collection.id,)).fetchone()[0]
            try:
                row = (secrets.token_hex(12), collection.id, repo_type, repo_id, text, position)
                connection.execute("INSERT INTO collection_items VALUES (?, ?, ?, ?, ?, ?)", row)
            except sqlite3.IntegrityError as error:
                raise HubError(409, "This item is in the collection") from error
            connection.execute("UPDATE collections SET updated = ? WHERE id = ?", (timestamp(), collection.id))


def visible_items(hub: Hub, collection: Collection, account: Account | None) -> list[Item]:
    """The items that an account may see: a public collection does not reveal private repositories."""
    return [item for item in hub.collections.items(collection) if _item_visible(hub, account, item)]


def _item_visible(hub: Hub, account: Account | None, item: Item) -> bool:
    if item.type not in REPO_TYPES:
        return True
    owner, _, name = item.item.partition("/")
    try:
        hub.repositories.readable(item.type, owner, name, account)
    except HubError:
        return False
    return True


def _collection(row: sqlite3.Row) -> Collection:
    return Collection(**{**dict(row), "private": bool(row["private"])})


def _visible(collection: Collection, account: Account | None) -> bool:
    return not collection.private or (account is not None and account.belongs_to(collection.owner))


def _text(value: object, name: str, max_characters: int) -> str:
    if not isinstance(value, str) or len(value) > max_characters or (name == "title" and not value.strip()):
        raise bad_request(f"{name} is a text of at most {max_characters} characters")
    return value
