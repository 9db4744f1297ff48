"""The harness is tested before it is believed: every canonical solution must pass, and every stub must fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from seedbed.errors import SandboxError
from seedbed.numerals import plural

from .problems import STUB, Problem
from .sandbox import Limits, check_many


@dataclass(frozen=True)
class SelfTest:
    """How many canonical solutions passed (all), how many stubs passed (none), over how many problems, and the seconds."""

    problems: int
    canonical: int
    stubs: int
    seconds: float


def self_test(
    problems: Sequence[Problem], limits: Limits, workers: int = 1, progress: Callable[[int], None] | None = None
) -> SelfTest:
    """Judge what is known.

    Args: progress: called with how many of twice the number of problems are done by now.
    Raises: SandboxError when a canonical solution does not pass or a stub does: then no verdict means anything.
    """
    start = time.monotonic()
    programs = [problem.program(body) for problem in problems for body in (problem.canonical_solution, STUB)]
    verdicts = check_many(programs, limits, workers, progress)
    canonical, stubs = verdicts[::2], verdicts[1::2]
    for problem, verdict in zip(problems, canonical, strict=True):
        if not verdict.passed:
            failed = sum(not one.passed for one in canonical)
            raise SandboxError(
                f"the self-test failed, no score is written: {plural(failed, 'canonical solution')} of {len(problems)} did not "
                f"pass, the first of them {problem.task_id}: {verdict.words}."
            )
    for problem, verdict in zip(problems, stubs, strict=True):
        if verdict.passed:
            raise SandboxError(f"the self-test failed, no score is written: {problem.task_id} passes without a solution.")
    return SelfTest(len(problems), len(canonical), 0, time.monotonic() - start)
