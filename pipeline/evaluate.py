"""Evaluate a model by the tasks of recipes/eval, keep its results, and put the scores on its card."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.io.files import held
from seedbed.core.io.progress import say
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.evaluation.compare import score_lines
from seedbed.evaluation.prompts import Document, read_split
from seedbed.evaluation.runner import Evaluation, describe, evaluate, hub_commit
from seedbed.evaluation.tasks import Task
from seedbed.models.inference import BackendOptions, open_backend
from seedbed.publishing.cards import update

from .tasks import names as task_names
from .tasks import task_of


def run(model: str, *, tasks: str | None, data: str | None, out: Path | None, limit: int | None, backend: str) -> None:
    """Evaluate a model, print the scores, and put them on its card.

    Args: tasks: names with commas between; data: dataset folder or id; limit: problems of each task; None is the default.
    Raises: InputError, RecipeError, GenerationError, SandboxError.
    """
    if limit is not None and limit < 1:
        raise InputError(f"--limit {limit}: not a number of problems. Allowed: 1 or more.")
    every, choice = chosen(tasks), data_of(model, data)
    revision = hub_commit(model)
    opened = open_backend(model, backend, BackendOptions(revision=revision))
    try:
        sheet = describe(model, revision, opened, choice, words_of(model, tasks, limit))
        out = out or Path("build/evaluations") / sheet.model.name
        with held(out, option="--out", busy="another evaluation is at work there. Allowed: one at a time."):
            made = evaluate(Evaluation(sheet, opened, documents_of(choice), out, limit), every, say)
    finally:
        opened.close()
    for line in score_lines(made):
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"results: {out / 'results.json'}\n")
    tell_on_card(Path(model), made.sheet())


def words_of(model: str, tasks: str | None, limit: int | None) -> str:
    """The command as a card shows it: no path of this machine."""
    words = ["seedbed evaluate", Path(model).name if Path(model).is_absolute() else model]
    if tasks is not None:
        words += ["--tasks", ",".join(Path(name).stem for name in tasks.split(","))]
    if limit is not None:
        words += ["--limit", str(limit)]
    return " ".join(words)


def chosen(names: str | None) -> list[Task]:
    """The tasks that are named, by name or path; without names all whose problems are at hand.

    Raises: InputError, RecipeError.
    """
    if names is None:
        every = map(task_of, task_names())
        return [task for task in every if task.is_local]
    tasks = [task_of(name) for name in names.split(",") if name]
    if not tasks or len({task.name for task in tasks}) < len(tasks):
        raise InputError(f"--tasks {names}: each task once, and one at least.")
    return tasks


def data_of(model: str, data: str | None) -> DatasetChoice | None:
    """The dataset that is named, or else the one that the model's own recipe names; None where that is not here."""
    if data is not None:
        return DatasetChoice(path=data) if Path(data).is_dir() or data.count("/") != 1 else DatasetChoice(id=data)
    if not (Path(model) / ModelManifest.file_name).is_file():
        return None
    facts = ModelManifest.load(Path(model))
    if facts.data.id is not None:
        return DatasetChoice(id=facts.data.id, revision=facts.data.revision)
    dataset: Any = facts.recipe.data.get("dataset")
    path = dataset.get("path") if isinstance(dataset, dict) else None
    return DatasetChoice(path=path) if path and (Path(path) / Manifest.file_name).is_file() else None


def documents_of(choice: DatasetChoice | None) -> Callable[[], Sequence[Document]] | str:
    """The files of its test split, read when they are first asked for."""
    if choice is None:
        return "no dataset is named, and the model's own is not here; --data names one"
    return cache(lambda: read_split(choice))


def tell_on_card(folder: Path, sheet: ScoreSheet) -> None:
    """The scores on the model's own card, where the folder is one of ours and holds what was evaluated."""
    if (folder / ModelManifest.file_name).is_file() and sheet.model.backend == "transformers":
        why_not = update.put(folder, sheet)
        say(f"{folder}: {why_not or 'the scores are on the card'}")
