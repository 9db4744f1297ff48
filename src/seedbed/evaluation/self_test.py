"""Test the harness before each run: every solution that ships with a benchmark must pass, and every stub must fail."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from seedbed.core.errors import SandboxError
from seedbed.core.io.progress import Bar
from seedbed.core.text.numbers import plural
from seedbed.evaluation.benchmarks import ProgramProblem
from seedbed.evaluation.problems import STUB
from seedbed.evaluation.sandbox import Limits, check_many


@dataclass(frozen=True)
class SelfTest:
    """How many solutions passed (all), how many stubs passed (none), over how many problems, and the seconds."""

    problems: int
    canonical: int
    stubs: int
    seconds: float


def self_test(name: str, problems: Sequence[ProgramProblem], limits: Limits, workers: int = 1) -> SelfTest:
    """Judge solutions and stubs; problems without a solution are skipped.

    Args: name: of the task, for the bar.
    Raises: SandboxError when a solution does not pass or a stub does: then no verdict means anything.
    """
    start = time.monotonic()
    known = [(problem, solution) for problem in problems if (solution := problem.solution) is not None]
    programs = [problem.judge(body) for problem, solution in known for body in (solution, STUB)]
    with Bar(f"{name}: self-test", len(programs), "program") as bar:
        verdicts = check_many(programs, limits, workers, bar.update)
    canonical, stubs = verdicts[::2], verdicts[1::2]
    for (problem, _), verdict in zip(known, canonical, strict=True):
        if not verdict.passed:
            failed = sum(not verdict.passed for verdict in canonical)
            raise SandboxError(
                f"{name}: the self-test failed, no score is written: {plural(failed, 'canonical solution')} of {len(known)} did "
                f"not pass, the first of them {problem.task_id}: {verdict.words}."
            )
    for (problem, _), verdict in zip(known, stubs, strict=True):
        if verdict.passed:
            raise SandboxError(f"{name}: the self-test failed, no score is written: {problem.task_id} passes without a solution.")
    return SelfTest(len(known), len(canonical), 0, time.monotonic() - start)
