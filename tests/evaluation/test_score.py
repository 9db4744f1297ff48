"""`seedbed score` from a person's side: verdicts, pass@k, what is refused, what is kept when it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from seedbed import cli
from seedbed.evaluation.benchmarks import HumanEval
from seedbed.evaluation.problems import STUB, Problem, human_eval
from seedbed.evaluation.sandbox import Limits
from seedbed.evaluation.score import self_test

pytestmark = pytest.mark.sandbox
TESTS = "def check(candidate):\n    assert candidate(2) == {}\n"
DOUBLE = Problem(
    task_id="T/double", prompt="def f(x):\n", entry_point="f", canonical_solution="    return 2 * x\n", test=TESTS.format(4)
)
SQUARE = Problem(
    task_id="T/square", prompt="def g(x):\n", entry_point="g", canonical_solution="    return x**2 + 1\n", test=TESTS.format(5)
)


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A task of two problems, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "problems.jsonl", [problem.model_dump() for problem in (DOUBLE, SQUARE)])
    recipe = {"name": "two", "title": "Two", "kind": "program", "form": "humaneval", "data": {"path": "problems.jsonl"}}
    (tmp_path / "two.yaml").write_text(yaml.safe_dump(recipe | {"sampling": {"n": 1}, "timeout_seconds": 1}))
    return tmp_path / "two.yaml"


def write(path: Path, objects: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))


def samples(folder: Path, *pairs: tuple[str, str]) -> Path:
    write(folder / "s.jsonl", [{"task_id": task_id, "completion": completion} for task_id, completion in pairs])
    return folder / "s.jsonl"


SOME = [
    ("T/double", "    return x + 2\n"),
    ("T/square", "    return x\n"),
    ("T/square", "    while True: pass\n"),
    ("T/double", "    import os; os._exit(0)\n"),
]


def test_each_sample_has_a_line_and_the_last_is_pass_at_k(task: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["score", str(task), str(samples(task.parent, *SOME))])

    out = capsys.readouterr().out.splitlines()
    assert code == 0
    assert [line.rpartition(" (")[0] for line in out] == [
        "T/double 0: passed",
        "T/square 0: failed: AssertionError",
        "T/square 1: timed out: 1 s of CPU time",
        "T/double 1: failed: the solution ended with exit code 0 before it answered",
        "pass@1 25.0 %",
    ]
    assert out[-1].endswith("(2 problems, 4 samples)")
    assert list(task.parent.glob("build/scores/*")) == []


def test_json_has_all_of_it(task: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["score", str(task), str(samples(task.parent, *SOME[:2])), "--json"])

    first, second, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert {key: first[key] for key in ("task_id", "sample", "verdict", "reason")} == {
        "task_id": "T/double",
        "sample": 0,
        "verdict": "passed",
        "reason": "",
    }
    assert second["verdict"] == "failed"
    assert last["pass_at_k"] == {"pass@1": 0.5}
    assert last["self_test"]["canonical"] == 2


def test_what_was_judged_before_a_stop_is_not_judged_again(task: Path) -> None:
    endless = [("T/square", "    while True: pass\n")] * 6
    command = [sys.executable, "-m", "seedbed.cli", "score", str(task), str(samples(task.parent, *SOME[:2], *endless))]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as stopped:
        before = [next(stopped.stdout), next(stopped.stdout)]  # type: ignore[arg-type]
        stopped.send_signal(signal.SIGINT)
        stopped.communicate()
    (journal,) = (task.parent / "build" / "scores").iterdir()
    journal.write_text(journal.read_text().replace("AssertionError", "what was found before"))
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert stopped.returncode == 130
    assert [line.rpartition(" (")[0] for line in before] == ["T/double 0: passed", "T/square 0: failed: AssertionError"]
    kept, *rest = done.stdout.splitlines()[:8]
    assert kept == before[0].rstrip()
    assert rest[0] == before[1].rstrip().replace("AssertionError", "what was found before")
    assert all("timed out" in line for line in rest[1:])


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (
            {"canonical_solution": "    return 0\n"},
            "1 canonical solution of 2 did not pass, the first of them T/double: failed: AssertionError.",
        ),
        ({"test": "def check(candidate): pass\n"}, "T/double passes without a solution."),
    ],
)
def test_a_harness_that_fails_its_own_test_writes_no_score(
    broken: dict[str, str], words: str, task: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(task.parent / "problems.jsonl", [DOUBLE.model_dump() | broken, SQUARE.model_dump()])

    code = cli.main(["score", str(task), str(samples(task.parent, *SOME))])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.endswith(f"seedbed: two: the self-test failed, no score is written: {words}\n")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "nothing: no such task. Allowed: bits-per-byte, "),
        ("syntax", "syntax: kind syntax: its completions are not run."),
    ],
)
def test_a_task_that_cannot_be_scored_is_refused(
    name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["score", name, str(tmp_path / "s.jsonl")])

    said = capsys.readouterr().err
    assert code == 2
    assert said.startswith(f"seedbed: {words}")


def test_the_self_test_counts() -> None:
    problems = [HumanEval.model_validate(one.model_dump()) for one in (DOUBLE, SQUARE)]

    found = self_test("two", problems, Limits(), 2)

    assert (found.problems, found.canonical, found.stubs) == (2, 2, 0)


def test_other_forms_are_scored_too(task: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"task_id": 7, "text": "Twice.", "code": "def f(x): return 2 * x", "test_list": ["assert f(2) == 4", "assert f(0) == 0"]}
    ]
    write(task.parent / "problems.jsonl", rows)
    task.write_text(task.read_text().replace("form: humaneval", "form: mbpp"))

    code = cli.main(["score", str(task), str(samples(task.parent, ("7", "def f(x): return x + x"), ("7", "def f(x): return 4")))])

    out = capsys.readouterr().out.splitlines()
    assert code == 0
    assert [line.rpartition(" (")[0] for line in out] == ["7 0: passed", "7 1: failed: AssertionError", "pass@1 50.0 %"]


@pytest.mark.slow
def test_all_of_humaneval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    path = samples(tmp_path, *((one.task_id, body) for one in human_eval() for body in (one.canonical_solution, STUB)))

    assert cli.main(["score", "humaneval", str(path), "--json"]) == 0

    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["pass_at_k"] == {"pass@1": 0.5}
    assert (last["self_test"]["canonical"], last["self_test"]["stubs"], last["samples"]) == (164, 0, 328)
