"""Collections: lists of repositories under a title, each item with a place and a note."""

from __future__ import annotations

import re
import secrets
import sqlite3
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
_THEMES = ("orange", "blue", "green", "purple", "pink", "indigo")
_ITEM_TYPES = ("model", "dataset", "space", "paper", "collection", "bucket")
_MAX_TITLE, _MAX_DESCRIPTION, _MAX_NOTE = 60, 150, 500


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    collection: str
    type: str
    item: str
    note: str | None
    position: int


@dataclass(frozen=True, slots=True)
class Collection:
    """`slug` is what clients call it: the owner, the words of the title, the id."""

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

    def create(self, owner: str, title: object, description: object, *, private: bool) -> Collection:
        """Raises: HubError 400 for words that are too long, 409 when the owner has one of that title."""
        words = (_checked(title, "title", _MAX_TITLE), description and _checked(description, "description", _MAX_DESCRIPTION))
        with self._database.write() as connection:
            same = connection.execute("SELECT * FROM collections WHERE owner = ? AND title = ?", (owner, words[0])).fetchone()
            if same is not None:
                raise HubError(409, "There is a collection of that title", body={"slug": _collection(same).slug})
            place = connection.execute("SELECT count(*) FROM collections WHERE owner = ?", (owner,)).fetchone()[0]
            row = (secrets.token_hex(12), owner, *words, private, _THEMES[place % len(_THEMES)], place, timestamp())
            connection.execute("INSERT INTO collections VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return self.get(row[0], None, unseen=True)

    def get(self, name: str, account: Account | None, *, unseen: bool = False) -> Collection:
        """By its id, or by a slug that ends with it. Raises: HubError 404, also for the private ones of others."""
        row = self._database.read().execute("SELECT * FROM collections WHERE id = ?", (name.rpartition("-")[2],)).fetchone()
        collection = _collection(row) if row else None
        if collection is None or not (unseen or _visible(collection, account)):
            raise HubError(404, "Collection not found")
        return collection

    def all(self, account: Account | None, owner: str | None = None) -> list[Collection]:
        """Those that the asker may see, changed last first."""
        rows = self._database.read().execute(
            "SELECT * FROM collections WHERE ? IS NULL OR owner = ? ORDER BY updated DESC, id", (owner, owner)
        )
        return [collection for collection in map(_collection, rows) if _visible(collection, account)]

    def items(self, collection: Collection) -> list[Item]:
        """In their order."""
        rows = self._database.read().execute(
            "SELECT * FROM collection_items WHERE collection = ? ORDER BY position", (collection.id,)
        )
        return [Item(**dict(row)) for row in rows]

    def update(self, collection: Collection, changes: Mapping[str, Any]) -> None:
        """Set title, description, private, theme, position; what is not named stays. Raises: HubError 400."""
        columns = {key: _READERS[key](changes[key]) for key in _READERS if key in changes}
        with self._database.write() as connection:
            for column, value in columns.items():
                connection.execute(f"UPDATE collections SET {column} = ? WHERE id = ?", (value, collection.id))  # noqa: S608 - our words
            _touch(connection, collection)

    def delete(self, collection: Collection) -> None:
        with self._database.write() as connection:
            connection.execute("DELETE FROM collections WHERE id = ?", (collection.id,))

    def add_item(self, collection: Collection, kind: object, item: object, note: object) -> None:
        """At the end. Raises: HubError 409 when it is there."""
        if kind not in _ITEM_TYPES or not isinstance(item, str):
            raise bad_request(f"An item has an id and a type. Allowed types: {', '.join(_ITEM_TYPES)}")
        words = note and _checked(note, "note", _MAX_NOTE)
        with self._database.write() as connection:
            query = "SELECT coalesce(max(position) + 1, 0) FROM collection_items WHERE collection = ?"
            place = connection.execute(query, (collection.id,)).fetchone()[0]
            try:
                row = (secrets.token_hex(12), collection.id, kind, item, words, place)
                connection.execute("INSERT INTO collection_items VALUES (?, ?, ?, ?, ?, ?)", row)
            except sqlite3.IntegrityError as error:
                raise HubError(409, "This item is in the collection") from error
            _touch(connection, collection)

    def update_item(self, collection: Collection, item: str, changes: Mapping[str, Any]) -> None:
        """Another note, another place. Raises: HubError 404, 400."""
        self._check_item(collection, item)
        with self._database.write() as connection:
            if "note" in changes:
                note = _checked(changes["note"], "note", _MAX_NOTE)
                connection.execute("UPDATE collection_items SET note = ? WHERE id = ?", (note, item))
            if "position" in changes:
                self._place(connection, collection, item, _number(changes["position"]))
            _touch(connection, collection)

    def delete_item(self, collection: Collection, item: str) -> None:
        """Raises: HubError 404."""
        self._check_item(collection, item)
        with self._database.write() as connection:
            connection.execute("DELETE FROM collection_items WHERE id = ?", (item,))
            _touch(connection, collection)

    def _check_item(self, collection: Collection, item: str) -> None:
        if all(known.id != item for known in self.items(collection)):
            raise HubError(404, "No such item in the collection")

    def _place(self, connection: sqlite3.Connection, collection: Collection, item: str, place: int) -> None:
        order = [known.id for known in self.items(collection) if known.id != item]
        order.insert(place, item)
        connection.executemany("UPDATE collection_items SET position = ? WHERE id = ?", enumerate(order))


def visible_items(hub: Hub, collection: Collection, account: Account | None) -> list[Item]:
    """A public collection does not tell of private repositories, nor of those that are gone."""
    return [item for item in hub.collections.items(collection) if _may_be_seen(hub, account, item)]


def _may_be_seen(hub: Hub, account: Account | None, item: Item) -> bool:
    if item.type not in REPO_TYPES:
        return True
    owner, _, name = item.item.partition("/")
    try:
        hub.repositories.readable(item.type, owner, name, account)
    except HubError:
        return False
    return True


def _touch(connection: sqlite3.Connection, collection: Collection) -> None:
    connection.execute("UPDATE collections SET updated = ? WHERE id = ?", (timestamp(), collection.id))


def _collection(row: sqlite3.Row) -> Collection:
    return Collection(**{**dict(row), "private": bool(row["private"])})


def _visible(collection: Collection, account: Account | None) -> bool:
    return not collection.private or (account is not None and account.belongs_to(collection.owner))


def _checked(text: object, name: str, most: int) -> str:
    if not isinstance(text, str) or len(text) > most or (name == "title" and not text.strip()):
        raise bad_request(f"{name} is a text of at most {most} characters")
    return text


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise bad_request("position is a number from 0 on")
    return value


def _theme(value: object) -> str:
    if value not in _THEMES:
        raise bad_request(f"Unknown theme. Allowed: {', '.join(_THEMES)}")
    return str(value)


_READERS: dict[str, Callable[[Any], str | int]] = {
    "title": lambda value: _checked(value, "title", _MAX_TITLE),
    "description": lambda value: _checked(value, "description", _MAX_DESCRIPTION),
    "private": bool,
    "theme": _theme,
    "position": _number,
}
