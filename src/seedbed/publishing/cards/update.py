"""Cards that change after they were written: for their repository on a Hub, and with new scores."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

from seedbed.core.io.files import model_sha256, write_atomic
from seedbed.core.manifests import integrity
from seedbed.core.manifests.dataset import FileFacts, Manifest
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.manifests.scores import Score, ScoreSheet, TaskScores
from seedbed.core.text.formatting import figure
from seedbed.data.notices.check import check
from seedbed.publishing import plots
from seedbed.publishing.cards import dataset_card, model_card

_CARD = "README.md"


def pages(folder: Path, repository: str, models: tuple[str, ...]) -> dict[str, bytes]:
    """Pages and manifest of a dataset for `repository`, by name; every other file is published as it is.

    Raises: ManifestError when the folder does not match its manifest, or lacks a notice.
    """
    facts = integrity.verify(folder).model_copy(update={"repository": repository, "models": models})
    check(folder)
    made = {name: dataset_card.page(template, facts).encode() for name, template in dataset_card.PAGES.items()}
    return made | {Manifest.file_name: _sealed(facts, made).dumps().encode()}


def model_pages(folder: Path, repository: str) -> dict[str, bytes]:
    """Card and manifest of a model for `repository`, by name; nothing where the card was changed by hand, which stands then.

    Raises: ManifestError when its manifest cannot be read.
    """
    facts = ModelManifest.load(folder)
    if (folder / _CARD).read_text(encoding="utf-8") != model_card.model_card(facts):
        return {}
    facts = facts.model_copy(update={"repository": repository})
    return {_CARD: model_card.model_card(facts).encode(), ModelManifest.file_name: facts.dumps().encode()}


def models_of(published: str | None) -> tuple[str, ...]:
    """Models that a published manifest names; none when it is not there or cannot be read."""
    try:
        models = json.loads(published or "").get("models", ())
    except (ValueError, AttributeError):
        return ()
    return tuple(str(model) for model in models) if isinstance(models, list) else ()


def _sealed(facts: Manifest, made: Mapping[str, bytes]) -> Manifest:
    """The manifest with the sizes and hashes of the pages made anew."""
    others = [file for file in facts.files if file.path not in made]
    new = [FileFacts(path=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest()) for name, data in made.items()]
    return facts.model_copy(update={"files": tuple(sorted((*others, *new), key=lambda file: file.path))})


CARD: Final = "README.md"
ENTRIES: Final = ".eval_results"


def put(folder: Path, sheet: ScoreSheet) -> str | None:
    """Write the scores of a model into its folder, in place of earlier ones.

    Returns: why nothing was changed, or None: another model's scores, or a card that was changed by hand.
    Raises: ManifestError when the folder's own manifest cannot be read.
    """
    facts = ModelManifest.load(folder)
    if sheet.model.sha256 != model_sha256(folder):
        return "other weights than were evaluated; its card stays as it is"
    if (folder / CARD).read_text(encoding="utf-8") != model_card.model_card(facts):
        return "its card was changed by hand and stays as it is"
    write(folder, facts, sheet)
    return None


def write(folder: Path, facts: ModelManifest, sheet: ScoreSheet) -> ModelManifest:
    """Plots, results for the Hub, manifest and card, in this order; returns the manifest with the scores."""
    for picture in facts.pictures:
        (folder / picture.path).unlink(missing_ok=True)
    facts = facts.model_copy(update={"evaluations": (sheet,), "pictures": plots.draw(sheet, folder)})
    write_entries(folder, sheet)
    facts.save(folder)
    facts = ModelManifest.load(folder)  # the card is made from what is written, as it will be again
    write_atomic(folder / CARD, model_card.model_card(facts))
    return facts


def write_entries(folder: Path, sheet: ScoreSheet) -> None:
    """`.eval_results/<task>.yaml` for every task whose dataset has an id on the Hub; older files there are removed."""
    place = folder / ENTRIES
    for old in place.glob("*.yaml"):
        old.unlink()
    for task in sheet.tasks:
        if entries := list(_entries(task, sheet)):
            place.mkdir(exist_ok=True)
            written: list[dict[str, Any]] = eval_result_entries_to_yaml(entries)
            (place / f"{task.name}.yaml").write_text(
                yaml.safe_dump(written, sort_keys=False, allow_unicode=True), encoding="utf-8"
            )


def _entries(task: TaskScores, sheet: ScoreSheet) -> Iterator[EvalResultEntry]:
    """One entry, of the task's first score; none for a part of its problems, which no leaderboard should show."""
    benchmark: Any = task.recipe.get("benchmark")
    dataset = benchmark or ({"id": sheet.data.id, "task_id": task.name} if sheet.data and sheet.data.id else None)
    if task.not_run is not None or task.limit is not None or not dataset or not task.scores:
        return
    score = task.scores[0]
    yield EvalResultEntry(
        dataset_id=dataset["id"],
        task_id=dataset["task_id"],
        value=round(100 * score.value, 2) if score.unit == "share" else round(score.value, 4),
        dataset_revision=sheet.data.revision if sheet.data and not benchmark else None,
        date=task.date,
        notes=_notes(score, task),
    )


def _notes(score: Score, task: TaskScores) -> str:
    sampling: Any = task.recipe.get("sampling") or {}
    how = ", ".join(f"{name} {sampling[name]}" for name in ("n", "temperature", "top_k") if name in sampling)
    between = f"{figure(score.low, score.unit)} to {figure(score.high, score.unit)}".replace("\N{NO-BREAK SPACE}", " ")
    unit = " in percent" if score.unit == "share" else ""
    return f"{score.metric}{unit}{f', {how}' if how else ''}; {score.problems} problems, 95 % interval {between}"
