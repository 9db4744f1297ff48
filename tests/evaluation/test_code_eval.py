"""The metric as the library evaluate loads it, beside the public one's signature and results."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path
from typing import Any

import evaluate
import pytest
from packaging.requirements import Requirement

from seedbed import __version__
from seedbed.core.errors import InputError
from seedbed.evaluation import code_eval as ours
from seedbed.publishing.hub.content import read
from seedbed.publishing.hub.validate import validate
from tests.evaluation.machines import python_on_another_machine

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).parent.parent.parent
SPACE = ROOT / "spaces" / "code_eval"


@pytest.fixture(scope="module")
def metric() -> Any:
    return evaluate.load(str(SPACE))


def test_evaluate_loads_the_folder_and_gets_what_the_public_metric_gives(metric: Any) -> None:
    shares, results = metric.compute(
        predictions=[["def add(a, b): return a * b", "def add(a, b): return a + b"], ["x = 1", "import os; os._exit(0)"]],
        references=["assert add(2, 3) == 5", "assert x == 1"],
        k=[1, 2, 3],
        num_workers=2,
    )

    assert shares == {"pass@1": 0.5, "pass@2": 1.0}
    assert [[(number, found["passed"]) for number, found in results[task]] for task in (0, 1)] == [
        [(0, False), (1, True)],
        [(0, True), (1, False)],
    ]
    assert results[0][1][1] == {"task_id": 0, "passed": True, "result": "passed", "completion_id": 1}
    assert results[0][0][1]["result"] == "failed: AssertionError"


def test_the_arguments_are_the_public_ones(metric: Any) -> None:
    signature = inspect.signature(metric._compute)

    assert list(signature.parameters) == ["predictions", "references", "k", "num_workers", "timeout"]
    assert [signature.parameters[name].default for name in ("k", "num_workers", "timeout")] == [(1, 10, 100), 4, 3.0]
    assert sorted(metric.features) == ["predictions", "references"]


def test_one_k_is_as_good_as_a_list_and_too_large_a_one_is_left_out() -> None:
    assert ours.code_eval([["x = 1"]], ["assert x"], k=1)[0] == {"pass@1": 1.0}
    assert ours.code_eval([["x = 1"]], ["assert x"], k=2)[0] == {}
    assert ours.code_eval([], []) == ({}, {})


def test_lists_of_different_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="1 predictions and 0 references"):
        ours.code_eval([["x"]], [])


def test_without_a_sandbox_that_works_there_is_no_score() -> None:
    code = "from seedbed.evaluation.code_eval import code_eval\nprint(code_eval([['x = 1']], ['assert x']))"
    does_nothing = ["--ro-bind", str(shutil.which("true")), str(shutil.which("prlimit"))]

    done = python_on_another_machine(code, ["--dev-bind", "/", "/", *does_nothing])

    assert "SandboxError: the self-test failed, no score is given: 'def f(x): return x + 1' failed" in done.stderr
    assert done.stdout == ""


def test_no_variable_of_the_environment_lets_a_candidate_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("0", "1"):
        monkeypatch.setenv("HF_ALLOW_CODE_EVAL", value)
        shares, _ = ours.code_eval([["import socket\nsocket.socket()\nx = 1"]], ["assert x"])

        assert shares == {"pass@1": 0.0}


def test_the_folder_can_be_published_and_pins_what_was_tested(tmp_path: Path) -> None:
    pinned = [Requirement(line) for line in (SPACE / "requirements.txt").read_text().splitlines() if not line.startswith("./")]
    tested = (ROOT / "constraints.txt").read_text().lower().splitlines()

    sent = shutil.copytree(SPACE, tmp_path / "code_eval")
    (sent / f"seedbed-{__version__}-py3-none-any.whl").touch()

    validate(read(sent), "space")

    assert [str(one).lower() for one in pinned if one.name != "gradio" and str(one).lower() not in tested] == []


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"k": [1, 0]}, "k 0: not a number of candidates"),
        ({"num_workers": 0}, "num_workers 0: "),
        ({"timeout": float("nan")}, "timeout nan: "),
        ({"timeout": -1.0}, "timeout -1: "),
    ],
)
def test_numbers_that_are_none_are_refused(option: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ours.code_eval([["x = 1"]], ["assert x"], **option)


def test_a_task_without_candidates_is_not_left_out_of_the_mean() -> None:
    shares, results = ours.code_eval([["x = 1"], []], ["assert x", "assert x"], k=1)

    assert (shares, list(results)) == ({}, [0])
