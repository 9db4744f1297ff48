"""Judge completions made elsewhere; the harness is tested first."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import NoReturn

from seedbed.core.errors import InputError, SandboxError
from seedbed.core.io.progress import Bar
from seedbed.core.text.formatting import plural, size
from seedbed.evaluation.benchmarks import ProgramProblem
from seedbed.evaluation.metrics.estimates import mean_pass_at_k
from seedbed.evaluation.problems import STUB
from seedbed.evaluation.results import Journal, Record
from seedbed.evaluation.results import Sample as JudgedSample
from seedbed.evaluation.sandbox import Limits, Verdict, check_each, check_many


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


_MOST_LINE_BYTES = 1 << 20
"""The longest line; a completion is a function or two."""
_MOST_BYTES = 4 << 30
"""The largest file: 164 problems with 1,000 samples of 20 KB each."""
_ALLOWED = 'Allowed: one JSON object a line, {"task_id": ..., "completion": ...}.'


@dataclass(frozen=True)
class Sample:
    """A completion. `number` counts those of one problem from 0."""

    task_id: str
    completion: str
    number: int


@dataclass(frozen=True)
class Scoring:
    """What is judged, its limits, sandboxes at once, and the journal that keeps verdicts."""

    problems: Sequence[ProgramProblem]
    samples: Sequence[Sample]
    limits: Limits
    workers: int
    journal: Journal


def verdicts(job: Scoring) -> Iterator[tuple[Sample, JudgedSample]]:
    """Every sample with its verdict, in order; verdicts of an earlier run that was stopped are reused.

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


def pass_at(judged: Sequence[tuple[Sample, JudgedSample]]) -> dict[str, float]:
    """{"pass@k": mean over problems} for the usual k."""
    counts: dict[str, list[int]] = {}
    for sample, verdict in judged:
        count = counts.setdefault(sample.task_id, [0, 0])
        count[0] += 1
        count[1] += verdict.verdict == "passed"
    means = mean_pass_at_k([(samples, passed) for samples, passed in counts.values()])
    return {f"pass@{k}": share for k, share in means.items()}


def _record(sample: Sample, verdict: Verdict) -> Record:
    judged = JudgedSample(
        completion=sample.completion, verdict=verdict.outcome.replace("_", " "), reason=verdict.reason, seconds=verdict.seconds
    )
    return Record(id=sample.task_id, group="", values={"passed": float(verdict.passed)}, samples=(judged,))


def read_samples(path: Path, task_ids: Collection[str]) -> list[Sample]:
    """The samples of a file, in its order.

    Args: task_ids: the problems; each must have a sample, and none may be of another.
    Raises: InputError that starts with the file and the line.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file. {_ALLOWED}")
    if path.stat().st_size > _MOST_BYTES:
        _refuse_size(path)
    samples: list[Sample] = []
    counts = dict.fromkeys(task_ids, 0)
    with _opened(path) as file:
        for where, task_id, completion in _parsed(file, path):
            if task_id not in counts:
                raise InputError(f"{where}: task_id {task_id!r}: no such problem. Allowed: {_some(list(counts))}.")
            samples.append(Sample(task_id, completion, counts[task_id]))
            counts[task_id] += 1
    if missing := [task_id for task_id, number in counts.items() if not number]:
        raise InputError(
            f"{path}: no sample of {plural(len(missing), 'problem')}: {_some(missing)}. Allowed: one of each at least."
        )
    return samples


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _line(file: gzip.GzipFile | BufferedReader, path: Path) -> bytes:
    """The next line, cut one byte after the longest length allowed."""
    try:
        return file.readline(_MOST_LINE_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"{path}: not a whole gzip file: {error}. {_ALLOWED}") from error


def _parsed(file: gzip.GzipFile | BufferedReader, path: Path) -> Iterator[tuple[str, str, str]]:
    number, read = 0, 0
    while line := _line(file, path):
        number, read = number + 1, read + len(line)
        if read > _MOST_BYTES:
            _refuse_size(path)
        where = f"{path}: line {number}"
        if len(line) > _MOST_LINE_BYTES:
            raise InputError(f"{where}: longer than {size(_MOST_LINE_BYTES)}. {_ALLOWED}")
        if line.strip():
            yield (where, *_pair(line, where))


def _pair(line: bytes, where: str) -> tuple[str, str]:
    try:
        sample = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        _refuse(where, "not UTF-8")
    except (ValueError, RecursionError) as error:
        _refuse(where, f"not JSON: {error}")
    if not isinstance(sample, dict):
        _refuse(where, f"not an object but {type(sample).__name__}")
    for key in ("task_id", "completion"):
        if key not in sample:
            _refuse(where, f"no {key}")
        if not isinstance(sample[key], str):
            _refuse(where, f"{key}: not text but {type(sample[key]).__name__}")
    return sample["task_id"], sample["completion"]


def _refuse_size(path: Path) -> NoReturn:
    raise InputError(f"{path}: larger than {size(_MOST_BYTES)}. Allowed: the samples in several files.")


def _refuse(where: str, what: str) -> NoReturn:
    raise InputError(f"{where}: {what}. {_ALLOWED}")


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown}, ..." if len(names) > 3 else shown
