"""A journal holds what was kept, and nothing of a line that a kill cut off."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.evaluation.results import Journal, Record

ONE, TWO, THREE = (Record(id=name, group="Go", values={"exact_match": 1.0}) for name in ("one", "two", "three"))


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "work" / "a.jsonl")
    journal.append([ONE, TWO], 1.5)
    journal.append([THREE], 0.5)

    again = Journal(tmp_path / "work" / "a.jsonl")
    assert (again.records, again.seconds) == ([ONE, TWO, THREE], 2.0)


@pytest.mark.parametrize("cut", [1, 20, 90])
def test_a_line_that_is_cut_is_asked_again(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.jsonl"
    journal = Journal(path)
    journal.append([ONE], 1.0)
    whole = path.stat().st_size
    journal.append([TWO], 1.0)
    path.write_bytes(path.read_bytes()[: whole + cut])

    again = Journal(path)
    assert again.records == [ONE]
    assert path.stat().st_size == whole
    again.append([TWO], 1.0)
    assert Journal(path).records == [ONE, TWO]


def test_a_journal_that_is_done_is_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.jsonl")
    journal.append([ONE], 1.0)
    journal.remove()

    assert list(tmp_path.iterdir()) == []
    assert Journal(tmp_path / "a.jsonl").records == []
