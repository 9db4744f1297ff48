"""Declarations in an SQLite database with full-text search (FTS5). An unchanged file is not read again."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.text.credentials import find_secrets
from seedbed.serving.completion.retrieval.project_files import (
    ProjectFile,
    check_package,
    declarations,
    name_words,
    package_files,
    project_files,
)

_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE files (id INTEGER PRIMARY KEY, origin TEXT, name TEXT, stamp TEXT, UNIQUE (origin, name));
CREATE TABLE declarations
    (id INTEGER PRIMARY KEY, file INTEGER, name TEXT, owner TEXT, signature TEXT, sentence TEXT, line INTEGER);
CREATE INDEX by_name ON declarations (name);
CREATE INDEX by_owner ON declarations (owner);
CREATE INDEX by_file ON declarations (file);
CREATE VIRTUAL TABLE words USING fts5 (name, sentence);
"""
_HIT: Final = (
    "SELECT d.id, f.origin, f.name, d.name, d.owner, d.signature, d.sentence FROM declarations d JOIN files f ON f.id = d.file "
)
Tick = Callable[[int], None]
"""Called with the number of files so far."""

PROJECT: Final = ""
"""Origin of the files of the project; the origin of a package is its name."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A declaration from the store. origin: the package, "" for the project; file: its path there."""

    id: int
    origin: str
    file: str
    name: str
    owner: str
    signature: str
    sentence: str


def _no_progress(_: int) -> None:
    """Report no progress."""


class Store:
    """The database. Thread-safe."""

    def __init__(self, path: Path | None = None) -> None:
        """Args: path: of the database; None keeps it in memory.

        Raises: InputError for another program's file, or one that cannot be written.
        """
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path or ":memory:", check_same_thread=False)
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise InputError(f"{path}: not a database of declarations: {error}. Allowed: a new file.") from error

    def _prepare(self) -> None:
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        (tables,) = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and version != _VERSION:
            raise sqlite3.DatabaseError(f"version {version} where {_VERSION} is needed")
        if not tables:
            self._database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def add_project(self, folder: Path, tick: Tick = _no_progress) -> int:
        """Read a project folder; deleted files are removed. Returns: the number of files that were new or changed.

        Raises: InputError for a missing folder, or one with too many files.
        """
        return self._update(PROJECT, project_files(folder), tick)

    def add_package(self, package: str, tick: Tick = _no_progress) -> int:
        """Read an installed package. Returns: the number of files that were new or changed.

        Raises: InputError for a package that is not installed.
        """
        check_package(package)
        return self._update(package, package_files(package), tick)

    def _update(self, origin: str, files: Iterable[ProjectFile], tick: Tick) -> int:
        """Update an origin in one transaction, so that readers see the state before until it is done."""
        with self._lock, self._database:
            known = dict(self._database.execute("SELECT name, stamp FROM files WHERE origin = ?", (origin,)))
            seen, read = set(), 0
            for file in files:
                seen.add(file.name)
                tick(len(seen))
                stat = file.path.stat()
                stamp = f"{stat.st_size}:{stat.st_mtime_ns}"
                if known.get(file.name) != stamp:
                    self._remove(origin, file.name)
                    self._read(origin, file, stamp)
                    read += 1
            for name in known.keys() - seen:
                self._remove(origin, name)
        return read

    def _remove(self, origin: str, name: str) -> None:
        file_id = "SELECT id FROM files WHERE origin = ? AND name = ?"
        place = (origin, name)
        self._database.execute(f"DELETE FROM words WHERE rowid IN (SELECT id FROM declarations WHERE file IN ({file_id}))", place)  # noqa: S608  # fixed words
        self._database.execute(f"DELETE FROM declarations WHERE file IN ({file_id})", place)  # noqa: S608
        self._database.execute("DELETE FROM files WHERE origin = ? AND name = ?", place)

    def _read(self, origin: str, file: ProjectFile, stamp: str) -> None:
        row = (origin, file.name, stamp)
        number = self._database.execute("INSERT INTO files (origin, name, stamp) VALUES (?, ?, ?)", row).lastrowid
        text = file.path.read_bytes().decode("utf-8", "replace")
        for item in declarations(text, file.language):
            if any(find_secrets(f"{item.signature}\n{item.sentence}")):
                continue  # no model is shown a default value or comment with a credential
            values = (number, item.name, item.owner, item.signature, item.sentence, item.line)
            insert = "INSERT INTO declarations (file, name, owner, signature, sentence, line) VALUES (?, ?, ?, ?, ?, ?)"
            key = self._database.execute(insert, values).lastrowid
            words = " ".join(name_words(f"{item.owner} {item.name}"))
            self._database.execute("INSERT INTO words (rowid, name, sentence) VALUES (?, ?, ?)", (key, words, item.sentence))

    def named(self, names: Sequence[str], limit: int) -> list[Hit]:
        """Declarations with one of these names, and members of classes with one of these names."""
        marks = ", ".join("?" * len(names))
        query = f"{_HIT} WHERE d.name IN ({marks}) OR d.owner IN ({marks}) ORDER BY d.id LIMIT ?"
        with self._lock:
            return [Hit(*row) for row in self._database.execute(query, (*names, *names, limit))]

    def about(self, words: Sequence[str], limit: int) -> list[Hit]:
        """Declarations that match some of these words, the best first by BM25; a name weighs four times as much as a sentence."""
        if not words:
            return []
        match = " OR ".join(f'"{word}"' for word in words if word.isalnum())
        query = f"{_HIT} JOIN words w ON w.rowid = d.id WHERE words MATCH ? ORDER BY bm25(words, 4.0, 1.0), d.id LIMIT ?"
        with self._lock:
            return [Hit(*row) for row in self._database.execute(query, (match, limit))] if match else []
