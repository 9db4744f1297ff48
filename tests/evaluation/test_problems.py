"""Problems as files, and what is wrong with them in one line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from seedbed.core.errors import InputError
from seedbed.evaluation.problems import human_eval, read_problems

ONE = {
    "task_id": "T/0",
    "prompt": "def f():\n",
    "entry_point": "f",
    "canonical_solution": "    return 1\n",
    "test": "def check(c): ...",
}


def test_the_package_ships_164() -> None:
    problems = human_eval()

    assert len(problems) == 164
    assert problems[0].entry_point == "has_close_elements"


@pytest.mark.parametrize("name", ["p.jsonl", "p.jsonl.gz"])
def test_other_keys_are_passed_over(name: str, tmp_path: Path) -> None:
    text = (json.dumps(ONE | {"more": 1}) + "\n\n").encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)

    (problem,) = read_problems(tmp_path / name)

    assert problem.model_dump() == ONE


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{"], "line 1: not JSON"),
        ([json.dumps(ONE), json.dumps({"task_id": "T/1"})], "line 2: prompt: Field required."),
        ([json.dumps(ONE)] * 2, "task_id T/0: given twice. Allowed: each problem once."),
    ],
)
def test_what_is_no_problem_is_told_with_its_line(lines: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text("\n".join(lines))

    with pytest.raises(InputError, match=f"p.jsonl: {words}"):
        read_problems(tmp_path / "p.jsonl")
