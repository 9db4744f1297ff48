"""Tasks of programs: every form of problem tells right from wrong in the sandbox; no score where the harness cannot be believed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from seedbed.core.errors import InputError, SandboxError
from seedbed.core.syntax import LANGUAGES
from seedbed.evaluation.benchmarks import ProgramProblem, load_problems
from seedbed.evaluation.problems import limits_of, obstacle
from seedbed.evaluation.sandbox import Limits, check_many
from seedbed.evaluation.tasks import load_task
from seedbed.evaluation.tasks.program import Programs, ProgramTask
from tests.evaluation.asked import Oracle

HUMANEVAL = {
    "task_id": "Mine/0",
    "prompt": 'def double(x):\n    """Twice x."""\n',
    "entry_point": "double",
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(3) == 6\n",
}
MBPP = {
    "task_id": 7,
    "text": "Write a function that doubles.",
    "code": "def double(x):\n    return 2 * x\n",
    "test_list": ["assert double(3) == 6", "assert double(0) == 0"],
}
MBPP_PLUS = {
    "task_id": "8",
    "prompt": "Write a function that doubles.",
    "code": "def double(x):\n    return 2 * x\n",
    "test_imports": ["import math"],
    "test_list": ["assert double(3) == 6"],
    "test": "for x in range(50):\n    assert double(x) == math.fsum([x, x])\n",
}
JAVASCRIPT = {
    "name": "HumanEval_0_double",
    "prompt": "//Twice x.\nfunction double(x){\n",
    "tests": "const assert = require('node:assert');\nassert.deepEqual(double(3), 6);\n",
    "stop_tokens": ["\nfunction "],
}
CPP = {
    "name": "HumanEval_0_double",
    "prompt": "#include<cassert>\nlong twice(long x) {\n",
    "tests": "\nint main() { assert(twice(3) == 6); }\n",
    "stop_tokens": ["\n}"],
}


def problems_of(task: ProgramTask) -> Sequence[ProgramProblem]:
    return load_problems(task.data, task.form, task.language, task.name)


def write_task(folder: Path, rows: list[dict[str, Any]], form: str, language: str = "Python") -> ProgramTask:
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "mine.yaml").write_text(
        f"name: mine\ntitle: Mine\nkind: program\nform: {form}\nlanguage: {language}\ndata: {{path: rows.jsonl}}\n"
        'sampling: {n: 2}\nk: [1, 2]\nstop: ["\\ndef "]\ntimeout_seconds: 10\n'
    )
    task = load_task(folder / "mine.yaml")
    assert isinstance(task, ProgramTask)
    return task


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("form", "language", "row", "right", "wrong"),
    [
        ("humaneval", "Python", HUMANEVAL, "    return x + x\n", "    return x * x\n"),
        ("mbpp", "Python", MBPP, MBPP["code"], "def double(x):\n    return x + 3\n"),
        ("mbpp", "Python", MBPP_PLUS, MBPP_PLUS["code"], "def double(x):\n    return 2 * x if x < 40 else 0\n"),
        ("multipl-e", "JavaScript", JAVASCRIPT, "  return x + x;\n}", "  return x * x;\n}"),
        ("multipl-e", "C++", CPP, "  return x + x;\n}", "  return x * x;\n}"),
    ],
    ids=["humaneval", "mbpp", "mbpp-plus", "javascript", "cpp"],
)
def test_right_passes_and_wrong_fails(
    tmp_path: Path, form: str, language: str, row: dict[str, Any], right: str, wrong: str
) -> None:
    toolchain = LANGUAGES[language].toolchain
    if toolchain and (why := obstacle(toolchain)):
        pytest.skip(why)
    (problem,) = problems_of(write_task(tmp_path, [row], form, language))
    limits = limits_of(toolchain, 20) if toolchain else Limits.of_seconds(5)

    verdicts = check_many([problem.judge(right), problem.judge(wrong), problem.judge(") (")], limits)
    assert [verdict.passed for verdict in verdicts] == [True, False, False]


@pytest.mark.sandbox
def test_samples_are_judged_and_pass_at_k_follows(tmp_path: Path) -> None:
    asking = Programs(write_task(tmp_path, [HUMANEVAL], "humaneval"))
    oracle = Oracle({HUMANEVAL["prompt"]: "    return 2 * x\n"})

    assert asking.obstacle(oracle) is None
    (record,) = asking.ask(oracle, 0, asking.count)
    assert record.values == {"pass@1": 1.0, "pass@2": 1.0}
    assert [sample.verdict for sample in record.samples] == ["passed", "passed"]
    wrong = asking.ask(Oracle({HUMANEVAL["prompt"]: "    return 1\n"}), 0, 1)[0]
    assert wrong.values == {"pass@1": 0.0, "pass@2": 0.0}
    assert wrong.samples[0].reason


@pytest.mark.sandbox
def test_a_solution_that_fails_stops_everything(tmp_path: Path) -> None:
    asking = Programs(write_task(tmp_path, [HUMANEVAL | {"canonical_solution": "    return 0\n"}], "humaneval"))

    with pytest.raises(SandboxError, match=r"no score is written: .*Mine/0"):
        asking.obstacle(Oracle())


@pytest.mark.parametrize(
    ("rows", "form", "said"),
    [
        ([{"task_id": "x"}], "humaneval", "rows.jsonl: line 1: prompt: Field required"),
        ([MBPP, MBPP], "mbpp", "task_id 7: given twice"),
        ([{"name": "x"}], "multipl-e", "line 1: prompt: Field required"),
    ],
)
def test_rows_of_another_form_are_one_line(tmp_path: Path, rows: list[dict[str, Any]], form: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        problems_of(write_task(tmp_path, rows, form))
    assert said in str(caught.value)


@pytest.mark.parametrize(("language", "said"), [("Java", "opens a pair of sockets"), ("C", "no toolchain for C is known")])
def test_a_language_that_cannot_be_run_says_why(tmp_path: Path, language: str, said: str) -> None:
    asking = Programs(write_task(tmp_path, [JAVASCRIPT], "multipl-e", language))

    assert said in str(asking.obstacle(Oracle()))
    assert asking.count == 0


def test_a_problem_asks_with_its_own_words(tmp_path: Path) -> None:
    (told,) = problems_of(write_task(tmp_path, [MBPP], "mbpp"))

    assert told.question.startswith('"""\nWrite a function that doubles.\nassert double(3) == 6\n')
    assert problems_of(write_task(tmp_path, [JAVASCRIPT], "multipl-e", "JavaScript"))[0].ends == ("\nfunction ",)
