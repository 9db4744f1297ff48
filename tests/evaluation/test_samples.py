"""Completions as a file: what is wrong with one is a line that says where."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from seedbed.core.errors import InputError
from seedbed.evaluation.score import Sample, read_samples

IDS = ["T/0", "T/1"]


def line(task_id: object = "T/0", completion: object = "x") -> bytes:
    return json.dumps({"task_id": task_id, "completion": completion}).encode() + b"\n"


def test_samples_of_a_problem_are_counted_and_other_keys_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(line() + b"\n" + line("T/1", "\ud800") + b'{"task_id": "T/0", "completion": "y", "more": 1}')

    assert read_samples(path, IDS) == [Sample("T/0", "x", 0), Sample("T/1", "\ud800", 0), Sample("T/0", "y", 1)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no sample of 2 problems: T/0, T/1. Allowed: one of each at least."),
        (line(), "no sample of 1 problem: T/1."),
        (line() + b"{\n", "line 2: not JSON: "),
        (b"\x00\xff\xfe", "line 1: not UTF-8. Allowed: one JSON object a line"),
        (b"[" * 100_000, "line 1: not JSON: "),
        (b"[1]", "line 1: not an object but list."),
        (b'{"task_id": "T/0"}', "line 1: no completion."),
        (line(7), "line 1: task_id: not text but int."),
        (line("T/0", None), "line 1: completion: not text but NoneType."),
        (line("T/7"), "line 1: task_id 'T/7': no such problem. Allowed: T/0, T/1."),
        (line("T/0", "x" * (1 << 20)), "line 1: longer than 1.05 MB."),
    ],
)
def test_what_is_no_sample_is_told_with_its_line(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(content)

    with pytest.raises(InputError) as error:
        read_samples(path, IDS)

    assert str(error.value).startswith(f"{path}: {words}")


def test_gzip_and_a_mark_of_byte_order_are_read_through(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + line() + line("T/1")))

    assert [sample.task_id for sample in read_samples(path, IDS)] == IDS


@pytest.mark.parametrize("broken", [b"no gzip", gzip.compress(line() * 9)[:-9]])
def test_broken_gzip_is_told(broken: bytes, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(broken)

    with pytest.raises(InputError, match="s.jsonl.gz: not a whole gzip file: "):
        read_samples(path, IDS)


@pytest.mark.parametrize("name", ["none.jsonl", "."])
def test_what_is_no_file_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_samples(tmp_path / name, IDS)
