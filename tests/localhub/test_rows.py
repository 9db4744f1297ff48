"""First rows and splits: what a parquet file holds is shown in short, what is broken is one line, whatever the bytes."""

from __future__ import annotations

import random
import resource
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localhub.pages.files import Split, matches, splits
from localhub.pages.rows import MAX_COLUMNS, MAX_FILES, MAX_LETTERS, MAX_ROWS, Cell, Column, cell, first_rows
from tests.invented_dataset import write_dataset


def written(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_the_first_rows_are_those_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", {"text": [f"row {n}" for n in range(50)], "size": range(50)}, row_group_size=30)

    found = first_rows(path)

    assert (found.columns, found.total, found.problem) == ((Column("text", "string"), Column("size", "int64")), 50, None)
    assert found.rows == tuple((Cell(f"row {n}"), Cell(str(n), "number")) for n in range(MAX_ROWS))


def numbered(path: Path, numbers: range, **options: Any) -> Path:
    return written(path, {"n": list(numbers)}, **options)


@pytest.mark.parametrize("group", [1, 7, 1000])
def test_rows_go_on_in_the_next_row_group_and_the_next_file(tmp_path: Path, group: int) -> None:
    """The first file has none, as a split of one empty shard and some full ones has."""
    files = [
        written(tmp_path / "0.parquet", {"n": pa.array([], pa.int64())}),
        numbered(tmp_path / "1.parquet", range(12), row_group_size=group),
        numbered(tmp_path / "2.parquet", range(12, 500), row_group_size=group),
    ]

    found = first_rows(*files)

    assert [row[0].text for row in found.rows] == [str(number) for number in range(MAX_ROWS)]
    assert (found.columns, found.total, found.problem) == ((Column("n", "int64"),), 500, None)


def test_rows_before_a_file_that_is_broken_are_shown(tmp_path: Path) -> None:
    (broken := tmp_path / "broken.parquet").write_bytes(b"PAR1")

    found = first_rows(numbered(tmp_path / "a.parquet", range(3)), broken, numbered(tmp_path / "b.parquet", range(3)))

    assert (len(found.rows), found.total) == (3, None)
    assert str(found.problem).startswith("No more rows shown: file 2 of 3: ")


def test_rows_of_a_file_with_other_columns_are_not_mixed_in(tmp_path: Path) -> None:
    found = first_rows(numbered(tmp_path / "a.parquet", range(3)), written(tmp_path / "b.parquet", {"m": [1]}))

    assert (len(found.rows), found.total) == (3, 4)
    assert found.problem == "No more rows shown: file 2 of 2: its columns differ."


def test_of_very_many_files_the_rest_is_not_counted(tmp_path: Path) -> None:
    path = numbered(tmp_path / "a.parquet", range(1))

    assert first_rows(*[path] * MAX_FILES).total == MAX_FILES
    assert first_rows(*[path] * (MAX_FILES + 1)).total is None


def test_the_rows_of_a_dataset_of_ours_are_shown(tmp_path: Path) -> None:
    write_dataset(tmp_path)

    found = first_rows(tmp_path / "data" / "python" / "train-00000-of-00001.parquet")

    assert len(found.rows) == MAX_ROWS
    assert found.problem is None
    assert {kind.kind for row in found.rows for kind in row} == {"text", "number", "null", "nested"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 5000, Cell("x" * MAX_LETTERS, "text", clipped=True)),
        (b"\x00" * 2345, Cell("<2,345 bytes>")),
        ({"bytes": b"\x89PNG", "path": "a.png"}, Cell('{"bytes":"<4 bytes>","path":"a.png"}', "nested")),
        ([1.5, float("nan")], Cell("[1.5,NaN]", "nested")),
        (True, Cell("true", "number")),
        (datetime(2026, 11, 24, tzinfo=UTC), Cell("2026-11-24 00:00:00+00:00")),
        (Decimal("1.10"), Cell("1.10")),
        ([("key", "value")], Cell('[["key","value"]]', "nested")),
        ([[[[[[[[[[1]]]]]]]]]], Cell('[[[[[[[["..."]]]]]]]]', "nested")),
        (list(range(100_000)), Cell("[" + ",".join(map(str, range(50))) + ',"..."]', "nested")),
        ("<script>alert(1)</script>", Cell("<script>alert(1)</script>")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_shown_in_short(value: object, shown: Cell) -> None:
    assert cell(value) == shown


def test_many_columns_are_left_out_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", {f"c{n}": [n] for n in range(MAX_COLUMNS + 5)})

    found = first_rows(path)

    assert (len(found.columns), len(found.rows[0]), found.columns_left_out) == (MAX_COLUMNS, MAX_COLUMNS, 5)


@pytest.mark.parametrize("columns", [{"a": pa.array([], pa.string())}, {}], ids=["no rows", "no columns"])
def test_an_empty_table_is_no_problem(tmp_path: Path, columns: dict[str, Any]) -> None:
    found = first_rows(written(tmp_path / "a.parquet", columns))

    assert (found.rows, found.total, found.problem) == ((), 0, None)


def test_columns_with_the_same_name_are_all_shown(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array(["x"])], names=["a", "a"])
    pq.write_table(table, tmp_path / "a.parquet")

    found = first_rows(tmp_path / "a.parquet")

    assert found.rows == ((Cell("1", "number"), Cell("x")),)


def test_a_broken_file_is_one_line(tmp_path: Path) -> None:
    """Bytes turned at random, also in the footer: no error, no crash, one line at most."""
    good = written(tmp_path / "good.parquet", {"text": ["some words"] * 50, "nested": [{"a": [1, 2]}] * 50}).read_bytes()
    chance, path, broken = random.Random(7), tmp_path / "broken.parquet", 0
    for _ in range(400):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.choice([len(data), len(data), chance.randrange(len(data))])])

        found = first_rows(path)

        broken += found.problem is not None
        assert found.problem is None or len(found.problem.splitlines()) == 1
    assert broken > 100


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\xff" * 8 + b"PAR1", b"<html>"])
def test_what_is_no_parquet_is_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(data)

    assert first_rows(tmp_path / "a.parquet").problem


def test_a_file_that_is_much_larger_unpacked_is_not_unpacked(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", {"text": ["x" * 1_000_000] * 400}, use_dictionary=False, compression="zstd")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    found = first_rows(path)

    assert len(found.rows) == MAX_ROWS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


FILES = ["README.md", "data/c/train-0.parquet", "data/c/test-0.parquet", "data/go/train-0.parquet", "other/x.parquet"]


@pytest.mark.parametrize(
    ("configs", "expected"),
    [
        ([{"config_name": "c", "data_files": [{"split": "train", "path": "data/c/train-*"}]}], [("c", "train", 1)]),
        ([{"config_name": "all", "data_files": [{"split": "train", "path": ["data/*/train-*.parquet"]}]}], [("all", "train", 2)]),
        (
            [{"config_name": "d", "data_files": {"test": "data/c/test*", "train": "data/**/train-*"}}],
            [("d", "test", 1), ("d", "train", 2)],
        ),
        ([{"config_name": "d", "data_files": "other/*.parquet"}], [("d", "train", 1)]),
        ([{"config_name": "d", "data_files": ["other/*.parquet", "data/go/**"]}], [("d", "train", 2)]),
        ([{"config_name": "d", "data_dir": "data/c"}], [("d", "train", 2)]),
        ([{"data_files": [{"path": "./other/x.parquet"}]}], [("default", "train", 1)]),
        ([{"config_name": "d", "data_files": [{"split": "train", "path": "nothing-*"}]}], []),
        (None, [("default", "train", 3), ("default", "test", 1)]),
        ("text", [("default", "train", 3), ("default", "test", 1)]),
        ([1, None, {"config_name": ["x"], "data_files": [{"split": {}, "path": 7}, "x"]}, {"data_files": 3}], []),
    ],
)
def test_splits_are_those_the_card_declares(configs: object, expected: list[tuple[str, str, int]]) -> None:
    found = splits({"configs": configs}, FILES)

    assert [(split.config, split.name, len(split.files)) for split in found] == expected


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("a/b/c", "a/*/c", True),
        ("a/b/c", "a/*", False),
        ("a/b/c", "**", True),
        ("a/b/c", "a/**", True),
        ("c", "**/c", True),
        ("a/b/c", "a/**/c", True),
        ("a/c", "a/**/c", True),
        ("a/b", "a/[ab]", True),
        ("a/b", "A/b", False),
        ("a/b", "../a/b", False),
    ],
)
def test_a_pattern_is_read_as_a_shell_would(path: str, pattern: str, fits: bool) -> None:
    assert matches(path, pattern) == fits


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a machine that is busy with other tests
@given(
    st.dictionaries(
        st.sampled_from(["config_name", "data_files", "data_dir"]),
        st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["split", "path"]), inner),
        ),
    )
)
def test_no_configs_of_a_card_are_an_error(config: dict[str, object]) -> None:
    found = splits({"configs": [config]}, FILES)

    assert all(isinstance(split, Split) and split.files for split in found)
