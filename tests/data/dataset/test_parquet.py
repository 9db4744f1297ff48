"""Tables: the same rows give the same bytes, cut as the recipe says, with units and meanings inside."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from seedbed.core.config.recipe import Output
from seedbed.core.manifests.columns import REJECTED
from seedbed.data.dataset.tables import write_table

OUTPUT = Output(shard_bytes=100_000, row_group_bytes=20_000, repository="o/n")


def row(number: int) -> dict[str, object]:
    words = {"id": f"p@1#f{number:04}", "source": "p@1", "project": "p", "version": "1", "path": f"f{number:04}"}
    return {**words, "swhid": "swh", "stage": "s", "block": "b", "reason": "r", "size_bytes": 1, "text": "x" * 1000, "_extra": 1}


def test_order_of_rows_never_changes_the_bytes(tmp_path: Path) -> None:
    rows = [row(n) for n in range(300)]

    one = write_table(rows, REJECTED, tmp_path / "a", "rejected", OUTPUT)
    other = write_table(rows[::-1], REJECTED, tmp_path / "b", "rejected", OUTPUT)

    assert [path.read_bytes() for path, _ in one] == [path.read_bytes() for path, _ in other]


def test_files_and_row_groups_are_cut_by_their_text(tmp_path: Path) -> None:
    written = write_table([row(n) for n in range(300)], REJECTED, tmp_path, "rejected", OUTPUT)

    assert [path.name for path, _ in written] == [f"rejected-{n:05}-of-00005.parquet" for n in range(5)]
    assert sum(rows for _, rows in written) == 300
    assert pq.ParquetFile(written[0][0]).metadata.num_row_groups == 6


def test_no_rows_still_give_a_typed_file(tmp_path: Path) -> None:
    ((path, rows),) = write_table([], REJECTED, tmp_path, "rejected", OUTPUT)

    assert rows == 0
    assert pq.read_schema(path).names == [column.name for column in REJECTED]


def test_meaning_and_unit_travel_in_the_file(tmp_path: Path) -> None:
    ((path, _),) = write_table([row(1)], REJECTED, tmp_path, "rejected", OUTPUT)

    assert pq.read_schema(path).field("size_bytes").metadata == {
        b"meaning": b"size of the file in its archive",
        b"unit": b"bytes",
    }


def test_a_row_that_lacks_what_the_schema_wants_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="project"):
        write_table([{**row(1), "project": None}], REJECTED, tmp_path, "rejected", OUTPUT)
