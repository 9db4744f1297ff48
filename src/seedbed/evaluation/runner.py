"""One evaluation: a model, some tasks, a folder that results go to; what was found before stays where it still holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.io.checksums import file_sha256
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.evaluation import results
from seedbed.evaluation.journal import Journal
from seedbed.evaluation.registry import Documents, prepare
from seedbed.evaluation.results import Results, TaskResult, sha256_of
from seedbed.evaluation.run import Place, not_run, run
from seedbed.evaluation.task import AnyTask, ProgramTask
from seedbed.models.inference.backend import Backend

Say = Callable[[str], None]
WORK: Final = "work"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is evaluated: the sheet without its tasks, the model, the files of the split or why there are none."""

    sheet: ScoreSheet
    backend: Backend
    documents: Documents | str
    out: Path
    limit: int | None = None


def evaluate(job: Evaluation, tasks: Sequence[AnyTask], say: Say) -> Results:
    """Ask every task and write results.json after each, so that nothing is lost that was found.

    The journals stay until the last task is done: the same command then finds whole ones for all tasks before the one it was
    stopped in.
    Raises: InputError, GenerationError, SandboxError.
    """
    told, journals = _kept(job, say), []
    for task in tasks:
        found, journal = _asked(job, task)
        journals.append(journal)
        told = [one for one in told if one.name != task.name] + [found]
        made = Results.model_validate(job.sheet.model_dump() | {"tasks": sorted(told, key=lambda one: one.name)})
        results.save(made, job.out)
        if found.not_run is not None:
            say(f"{task.name}: not run: {found.not_run}")
    for journal in journals:
        journal.remove()
    return results.load(job.out)


def _asked(job: Evaluation, task: AnyTask) -> tuple[TaskResult, Journal]:
    machine = job.sheet.hardware.model_dump() if task.kind == "latency" else None
    place = Place(job.out / WORK, sha256_of([job.sheet.model.model_dump(), machine]), job.limit, job.sheet.date)
    if isinstance(task, ProgramTask):
        return run(task, prepare(task, list), job.backend, place)
    if isinstance(job.documents, str):
        return not_run(task, job.documents), Journal(place.folder / task.name)
    return run(task, prepare(task, job.documents), job.backend, place)


def _kept(job: Evaluation, say: Say) -> list[TaskResult]:
    """Tasks of an earlier evaluation of the very same: the others are kept beside, under another name."""
    path = job.out / results.FILE_NAME
    if not path.is_file():
        return []
    try:
        before = results.load(path)
    except InputError:
        before = None
    if before is not None and _same(before, job.sheet):
        return list(before.tasks)
    aside = job.out / f"replaced-{file_sha256(path)[:12]}.json"
    path.rename(aside)
    say(f"{path}: of another model, dataset or machine, or by other versions; it is {aside.name} now.")
    return []


def _same(one: ScoreSheet, other: ScoreSheet) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("model", "data", "hardware", "versions", "seedbed"))
