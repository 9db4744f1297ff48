"""Judge completions made elsewhere by the tests of a task, for `seedbed score`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seedbed.core.errors import InputError
from seedbed.core.io.files import file_sha256
from seedbed.core.io.process import cores
from seedbed.core.runs.keys import code_of, key_of
from seedbed.evaluation.results import Journal
from seedbed.evaluation.score import Scoring, pass_at, read_samples, self_test, verdicts
from seedbed.evaluation.tasks.program import Programs, ProgramTask

from .tasks import task_of

WORK = Path("build/scores")
"""Verdicts of a stopped run; removed when it is done."""


def score(task_name: str, samples_path: Path) -> Iterator[dict[str, Any]]:
    """One mapping a sample, then one with pass@k.

    Raises: InputError, RecipeError before anything is run; SandboxError when the harness cannot be trusted.
    """
    task = _programs(task_name)
    asked = Programs(task)
    if asked.why_not is not None:
        raise InputError(f"{task.name}: {asked.why_not}.")
    problems = asked.problems
    samples = read_samples(samples_path, [problem.task_id for problem in problems])
    tested = self_test(task.name, problems, asked.limits, cores())
    plain = [problem.plain() for problem in problems]
    key = key_of(code_of(__name__), task.sha256, file_sha256(samples_path), plain, asdict(asked.limits))
    job = Scoring(problems, samples, asked.limits, cores(), Journal(WORK / f"{task.name}-{key[:16]}.jsonl"))
    judged = []
    for sample, verdict in verdicts(job):
        judged.append((sample, verdict))
        judgement = {"verdict": verdict.verdict, "reason": verdict.reason, "seconds": round(verdict.seconds, 3)}
        yield {"task_id": sample.task_id, "sample": sample.number, **judgement}
    job.journal.remove()
    yield {"pass_at_k": pass_at(judged), "problems": len(problems), "samples": len(samples), "self_test": asdict(tested)}


def _programs(name: str) -> ProgramTask:
    task = task_of(name)
    if not isinstance(task, ProgramTask):
        raise InputError(f"{name}: kind {task.kind}: its completions are not run. Allowed: a task of the kind program.")
    return task
