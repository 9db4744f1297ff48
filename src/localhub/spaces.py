"""What a Space is told to run on, and with. Nothing runs here: stages follow what was asked; values of secrets are not kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Literal

from localhub.accounts import timestamp
from localhub.database import Database
from localhub.errors import bad_request

Kind = Literal["secrets", "variables"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spaces (
    repository INTEGER PRIMARY KEY REFERENCES repositories ON DELETE CASCADE, stage TEXT NOT NULL, hardware TEXT NOT NULL,
    sleep_seconds INTEGER, volumes TEXT NOT NULL DEFAULT '[]', dev_mode INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS space_settings (
    repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE, kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT,
    description TEXT, updated TEXT NOT NULL, PRIMARY KEY (repository, kind, key)) WITHOUT ROWID;
"""
_DEFAULT_HARDWARE = "cpu-basic"


class Spaces:
    def __init__(self, database: Database) -> None:
        self._database = database
        database.add_schema(_SCHEMA)

    def begin(self, repository: int, asked: Mapping[str, Any]) -> None:
        """What a new Space begins with: `hardware`, `sleepTimeSeconds`, `secrets`, `variables` of the request that makes it."""
        with self._database.write() as connection:
            self._add(connection, repository)
            self._set(connection, repository, hardware=_text(asked.get("hardware") or _DEFAULT_HARDWARE, "hardware"))
            self._set(connection, repository, sleep_seconds=_seconds(asked.get("sleepTimeSeconds")))
            self._set(connection, repository, volumes=json.dumps(asked.get("volumes") or []))
            for kind in ("secrets", "variables"):
                for setting in asked.get(kind) or []:
                    _put(connection, repository, kind, setting)

    def runtime(self, repository: int) -> dict[str, Any]:
        """Stage and hardware, as `SpaceRuntime` reads them."""
        row = self._database.read().execute("SELECT * FROM spaces WHERE repository = ?", (repository,)).fetchone()
        stage, hardware, sleep = (row["stage"], row["hardware"], row["sleep_seconds"]) if row else ("NO_APP_FILE", None, None)
        return {
            "stage": stage,
            "hardware": {"current": hardware if stage == "RUNNING" else None, "requested": hardware},
            "gcTimeout": sleep,
            "storage": None,
            "devMode": bool(row and row["dev_mode"]),
            "volumes": json.loads(row["volumes"]) if row else [],
            "replicas": {"requested": 1},
        }

    def update(self, repository: int, **columns: str | int | None) -> None:
        """Set stage, hardware, sleep_seconds, volumes or dev_mode."""
        with self._database.write() as connection:
            self._add(connection, repository)
            self._set(connection, repository, **columns)

    def committed(self, connection: sqlite3.Connection, repository: int) -> None:
        """A commit sets a Space going that had nothing to run, inside a transaction."""
        self._add(connection, repository)
        connection.execute("UPDATE spaces SET stage = 'RUNNING' WHERE repository = ? AND stage = 'NO_APP_FILE'", (repository,))

    def settings(self, repository: int, kind: Kind) -> dict[str, dict[str, Any]]:
        """By key; secrets come without their value."""
        rows = self._database.read().execute(
            "SELECT * FROM space_settings WHERE repository = ? AND kind = ? ORDER BY key", (repository, kind)
        )
        return {row["key"]: _setting(row) for row in rows}

    def put(self, repository: int, kind: Kind, setting: Mapping[str, Any]) -> None:
        """Add or replace the setting of `key`. Raises: HubError 400 for a key or value that is no text."""
        with self._database.write() as connection:
            _put(connection, repository, kind, setting)

    def drop(self, repository: int, kind: Kind, key: object) -> None:
        with self._database.write() as connection:
            connection.execute(
                "DELETE FROM space_settings WHERE repository = ? AND kind = ? AND key = ?", (repository, kind, _text(key, "key"))
            )

    def _add(self, connection: sqlite3.Connection, repository: int) -> None:
        row = (repository, "NO_APP_FILE", _DEFAULT_HARDWARE)
        connection.execute("INSERT OR IGNORE INTO spaces (repository, stage, hardware) VALUES (?, ?, ?)", row)

    def _set(self, connection: sqlite3.Connection, repository: int, **columns: str | int | None) -> None:
        for column, value in columns.items():
            connection.execute(f"UPDATE spaces SET {column} = ? WHERE repository = ?", (value, repository))  # noqa: S608 - our words


def _put(connection: sqlite3.Connection, repository: int, kind: str, setting: Any) -> None:
    if not isinstance(setting, Mapping):
        raise bad_request(f"{kind} are a list of key, value and description")
    key, value, description = _text(setting.get("key"), "key"), _text(setting.get("value"), "value"), setting.get("description")
    kept = value if kind == "variables" else None
    row = (repository, kind, key, kept, description and _text(description, "description"), timestamp())
    connection.execute("INSERT OR REPLACE INTO space_settings VALUES (?, ?, ?, ?, ?, ?)", row)


def _setting(row: sqlite3.Row) -> dict[str, Any]:
    setting = {"key": row["key"], "description": row["description"], "updatedAt": row["updated"]}
    return setting if row["kind"] == "secrets" else setting | {"value": row["value"]}


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise bad_request(f"{name} is a text")
    return value


def _seconds(value: object) -> int | None:
    if value is not None and not isinstance(value, int):
        raise bad_request("sleepTimeSeconds is a number of seconds, -1 for never")
    return value
