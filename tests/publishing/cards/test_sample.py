"""The sample on a card: the most telling one, cut where it says so, and true to the row."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.filters import TABLES
from seedbed.data.dataset import tables
from seedbed.publishing.cards import dataset_card

COLUMNS = TABLES["samples"]
SAID = {"expression": "MIT", "category": "Permissive", "inherited": False, "file": "LICENSE"}


def _row(**more: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(column.name for column in COLUMNS)
    row |= {"id": "b", "lines": 40, "functions": 3, "cyclomatic_max": 5, "language_disagrees": False, "cluster": "c"}
    return row | dict.fromkeys(("license_header", "license_nearest_file", "license_declared"), SAID) | more


@pytest.mark.parametrize(
    "worse",
    [
        {"license_header": None},
        {"functions": 0},
        {"cyclomatic_max": 1},
        {"language_disagrees": True},
        {"lines": 900},
        {"cluster": None},
        {"id": "c"},
    ],
)
def test_the_more_telling_row_comes_first(worse: dict[str, Any]) -> None:
    assert tables.rank(_row()) < tables.rank(_row(**worse))


def test_all_evidence_outweighs_everything_else() -> None:
    assert tables.rank(_row(functions=0, lines=900, cluster=None)) < tables.rank(_row(license_declared=None))


def test_a_long_text_is_cut_between_lines() -> None:
    shown = tables.cut({"text": "".join(f"line {number}\n" for number in range(900))})["text"]

    assert shown.splitlines() == [f"line {number}" for number in range(48)]


def test_a_single_long_line_is_cut_inside() -> None:
    assert len(tables.cut({"text": "x" * 100_000})["text"]) < 3000


def test_the_code_block_holds_the_lines_and_marks_what_it_cuts() -> None:
    block = dataset_card.sample_code({"text": f"\tif a:\r\n{'x' * 200}\n"}, "go")

    lines = block.splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("```go", "    if a:", "```")
    assert lines[2].endswith("x…")


def test_every_column_but_the_text_is_shown_and_lists_say_what_is_left_out() -> None:
    match = {"expression": "MIT", "rule": "r", "matcher": "m", "score": 99.123456, "file": "f", "start_line": 1, "end_line": 2}
    match |= {"role": "decides", "text": "t", "url": ""}
    row = _row(license_header={**SAID, "matches": [match, match, match]}, text="code", syntax_native=None)

    block = dataset_card.sample_facts(row, COLUMNS)

    shown = json.loads(block.removeprefix("```json\n").removesuffix("\n```"))
    assert list(shown) == [column.name for column in COLUMNS if column.name != "text"]
    assert shown["syntax_native"] is None
    assert shown["license_header"]["matches"] == [{**match, "score": 99.12}, "… 2 more"]
    assert max(map(len, block.splitlines())) <= 100
