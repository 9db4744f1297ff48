from __future__ import annotations

import threading
from pathlib import Path

import pytest

from localhub.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(tmp_path / "hub.sqlite3")
    database.add_schema("CREATE TABLE IF NOT EXISTS numbers (value INTEGER)")
    return database


def total(database: Database) -> int:
    return int(database.read().execute("SELECT coalesce(sum(value), 0) FROM numbers").fetchone()[0])


def test_an_error_takes_the_whole_transaction_back(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO numbers VALUES (1)")
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    assert total(database) == 0


def test_writers_in_many_threads_wait_for_each_other(database: Database) -> None:
    def add() -> None:
        for _ in range(20):
            with database.write() as connection:
                connection.execute("INSERT INTO numbers VALUES (?)", (total(database) + 1 - total(database),))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert total(database) == 160


def test_a_transaction_inside_a_transaction_is_refused(database: Database) -> None:
    with pytest.raises(RuntimeError, match="inside"), database.write(), database.write():
        pass
