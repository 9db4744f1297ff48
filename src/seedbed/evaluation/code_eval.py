"""The metric `code_eval` of the library evaluate, with our sandbox in place of its guard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from seedbed.core.errors import InputError, SandboxError
from seedbed.evaluation.metrics.estimates import USUAL_K, mean_pass_at_k
from seedbed.evaluation.problems import python_program
from seedbed.evaluation.sandbox import Limits, Verdict, check, check_each

Result = dict[str, Any]
_MOST_SECONDS = 3600
_KNOWN = (
    ("def f(x): return x + 1", "assert f(1) == 2", True),
    ("def f(x): return x", "assert f(1) == 2", False),
    ("import os\nos._exit(0)", "assert f(1) == 2", False),
)
"""Programs with known verdicts, which test the harness before each run."""


def code_eval(
    predictions: Sequence[Sequence[str]],
    references: Sequence[str],
    k: int | Iterable[int] = USUAL_K,
    num_workers: int = 4,
    timeout: float = 3.0,
) -> tuple[dict[str, float], dict[int, list[tuple[int, Result]]]]:
    """pass@k, and the verdict of each candidate.

    Args:
        predictions: for each task its candidates, whole programs.
        references: for each task code that raises when a candidate is wrong.
        k: those that every task has enough candidates for are computed.
        num_workers: sandboxes at once.
        timeout: seconds that a candidate may compute; one that waits gets five times that and five more.
    Returns: {"pass@k": share}, and for each number of a task [(number of a candidate, {"task_id", "passed", "result",
        "completion_id"})], as the public metric does. `result` is `passed`, `timed out` or `failed: ` and why.
    Raises: InputError for lists of different lengths, and for a k, workers or seconds that are none; SandboxError where
        nothing can be run safely, or the known programs are judged wrongly.
    """
    wanted = [k] if isinstance(k, int) else list(k)
    _refuse(len(predictions), len(references), wanted, num_workers, timeout)
    limits = Limits.of_seconds(timeout)
    _self_test(limits)
    asked = [(task, number, text) for task, texts in enumerate(predictions) for number, text in enumerate(texts)]
    programs = (python_program(text, references[task]) for task, _, text in asked)
    results: dict[int, list[tuple[int, Result]]] = defaultdict(list)
    for (task, number, _), verdict in zip(asked, check_each(programs, limits, num_workers), strict=True):
        results[task].append((number, _result(task, number, verdict)))
    by_task = [results.get(task, []) for task in range(len(predictions))]
    counts = [(len(judged), sum(result["passed"] for _, result in judged)) for judged in by_task]
    return {f"pass@{count}": share for count, share in mean_pass_at_k(counts, wanted).items()}, results


def _refuse(predictions: int, references: int, ks: Sequence[int], workers: int, timeout: float) -> None:
    if predictions != references:
        raise InputError(f"{predictions} predictions and {references} references. Allowed: as many of each.")
    if not all(k >= 1 for k in ks):
        raise InputError(f"k {min(ks)}: not a number of candidates. Allowed: 1 or more.")
    if workers < 1:
        raise InputError(f"num_workers {workers}: not a number of sandboxes. Allowed: 1 or more.")
    if not 0 < timeout <= _MOST_SECONDS:
        raise InputError(
            f"timeout {timeout:g}: not a time to compute. Allowed: seconds, more than 0 and at most {_MOST_SECONDS:,}."
        )


def _result(task: int, number: int, verdict: Verdict) -> Result:
    words = "timed out" if verdict.outcome == "timed_out" else verdict.words
    return {"task_id": task, "passed": verdict.passed, "result": words, "completion_id": number}


def _self_test(limits: Limits) -> None:
    for solution, tests, passes in _KNOWN:
        verdict = check(python_program(solution, tests), limits)
        if verdict.passed != passes:
            raise SandboxError(f"the self-test failed, no score is given: {solution!r} {verdict.words}.")
