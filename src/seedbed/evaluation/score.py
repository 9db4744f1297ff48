"""Completions made elsewhere are judged: the harness is tested first, verdicts are kept as they come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from seedbed.evaluation.benchmarks import ProgramProblem
from seedbed.evaluation.journal import Journal
from seedbed.evaluation.metrics.estimates import mean_pass_at_k
from seedbed.evaluation.results import Record
from seedbed.evaluation.results import Sample as Said
from seedbed.evaluation.samples import Sample
from seedbed.evaluation.sandbox import Limits, Verdict, check_each


@dataclass(frozen=True)
class Scoring:
    """What is judged, within which limits, how many at once, and where verdicts are kept until all are there."""

    problems: Sequence[ProgramProblem]
    samples: Sequence[Sample]
    limits: Limits
    workers: int
    journal: Journal


def verdicts(job: Scoring) -> Iterator[tuple[Sample, Said]]:
    """Every sample with what was said of it, in order; those of an earlier run that was stopped are not judged again.

    Raises: SandboxError.
    """
    done = len(job.journal.records)
    for sample, record in zip(job.samples, job.journal.records, strict=False):
        yield sample, record.samples[0]
    by_id = {problem.task_id: problem for problem in job.problems}
    programs = (by_id[sample.task_id].judge(sample.completion) for sample in islice(job.samples, done, None))
    for sample, verdict in zip(islice(job.samples, done, None), check_each(programs, job.limits, job.workers), strict=True):
        record = _record(sample, verdict)
        job.journal.append([record], verdict.seconds)
        yield sample, record.samples[0]


def pass_at(judged: Sequence[tuple[Sample, Said]]) -> dict[str, float]:
    """`pass@k` -> its mean over problems, for the usual k."""
    counts: dict[str, list[int]] = {}
    for sample, verdict in judged:
        count = counts.setdefault(sample.task_id, [0, 0])
        count[0] += 1
        count[1] += verdict.verdict == "passed"
    means = mean_pass_at_k([(samples, passed) for samples, passed in counts.values()])
    return {f"pass@{k}": share for k, share in means.items()}


def _record(sample: Sample, verdict: Verdict) -> Record:
    said = Said(
        completion=sample.completion, verdict=verdict.outcome.replace("_", " "), reason=verdict.reason, seconds=verdict.seconds
    )
    return Record(id=sample.task_id, group="", values={"passed": float(verdict.passed)}, samples=(said,))
