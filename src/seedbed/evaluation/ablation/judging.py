"""A trained model is asked about the held-out files; each task's results stay, so that nothing is asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.io.checksums import model_sha256
from seedbed.evaluation.ablation.recipe import Judge
from seedbed.evaluation.ablation.runs import load_result, save_result
from seedbed.evaluation.documents import read_split
from seedbed.evaluation.registry import prepare
from seedbed.evaluation.run import Place, run
from seedbed.models.inference import open_backend


def judge(model: Path, tasks: Sequence[Judge], held_out: Path, out: Path) -> None:
    """Ask a model all tasks that it was not asked yet.

    Args: model: a transformers folder; held_out: a dataset folder whose test split is asked about; out: folder of results.
    Raises: InputError when a task cannot be asked of these files.
    """
    missing = [task for task in tasks if load_result(out, task.name) is None]
    if not missing:
        return
    documents = cache(lambda: read_split(DatasetChoice(path=str(held_out))))
    place = Place(out / "work", model_sha256(model), None, datetime.now(UTC).date().isoformat())
    backend = open_backend(model, "transformers")
    try:
        for task in missing:
            result, journal = run(task, prepare(task, documents), backend, place)
            if result.not_run is not None:
                raise InputError(f"{task.name}: {result.not_run}. Allowed: more held-out files.")
            save_result(result, out)
            journal.remove()
    finally:
        backend.close()
