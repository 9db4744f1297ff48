"""The folder of a fine-tuning: the report, and if the model got better the adapter and the model, ready to publish."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seedbed import __version__
from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.manifests import finetune
from seedbed.core.manifests.base import Software
from seedbed.core.manifests.dataset import NOTICE_PAGE
from seedbed.core.manifests.finetune import Finetune
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.manifests.scores import ScoreSheet
from seedbed.core.runs.job import commit
from seedbed.evaluation.prompts import read_split
from seedbed.models.conversion import gguf_files, model_facts
from seedbed.models.inference.vocabulary import from_folder
from seedbed.models.lora import train
from seedbed.publishing.cards import model_card, update

MODEL: Final = "model"
ADAPTER: Final = "adapter"
CARD: Final = "README.md"
_FROM_THE_BASE: Final = ("ATTRIBUTION.md", NOTICE_PAGE, "assets/loss.png")


@dataclass(frozen=True, slots=True)
class Source:
    """What the folder is made of: the base model, the merged one, the adapter, what was found of the merged one, the dataset."""

    base: Path
    merged: Path
    adapter: Path
    sheet: ScoreSheet
    data: DatasetChoice


def write(folder: Path, report: Finetune, source: Source) -> None:
    """Fill an empty folder."""
    (folder / finetune.PAGE).write_text(model_card.finetune_page(report), encoding="utf-8")
    report.save(folder)
    if report.found == "better":
        manifest = _model(folder / MODEL, report, source)
        _adapter(folder / ADAPTER, manifest, source)


def _model(folder: Path, report: Finetune, source: Source) -> ModelManifest:
    """The merged model, as conversion writes one."""
    shutil.copytree(source.merged, folder)
    base = ModelManifest.load(source.base)
    for name in _FROM_THE_BASE:
        if (source.base / name).is_file():
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(source.base / name, folder / name)
    names = gguf_files.Names(report.name, report.title, base.license)
    files = gguf_files.write(folder, names, _rows(folder, source.data, base))
    manifest = base.model_copy(
        update={
            "name": report.name,
            "title": report.title,
            "repository": "",
            "seedbed": Software(version=__version__, commit=commit()),
            "versions": {**model_facts.versions(), **report.versions},
            "gguf": files,
            "finetuning": report,
        }
    )
    return update.write(folder, manifest, source.sheet)


def _rows(folder: Path, data: DatasetChoice, base: ModelManifest) -> list[list[int]]:
    """Texts of the validation split that are long enough, as token ids."""
    vocabulary, room = from_folder(folder), base.architecture.context - 1
    length = min(room, gguf_files.PREDICTED_TO * 4)
    rows: list[list[int]] = []
    for document in read_split(data, "validation"):
        ids = vocabulary.encode(document.text)
        if len(ids) >= length:
            rows.append(ids[:length])
        if len(rows) == gguf_files.PROMPTS:
            return rows
    raise InputError(f"dataset: {data.path}: fewer than {gguf_files.PROMPTS} files of {length} tokens in its validation split.")


def _adapter(folder: Path, manifest: ModelManifest, source: Source) -> None:
    """The adapter alone, with a card."""
    report = manifest.finetuning
    assert report is not None  # noqa: S101 - the merged model's manifest has it
    train.publishable(source.adapter, folder, report.base.id or report.base.name)
    report.save(folder)
    (folder / CARD).write_text(model_card.adapter_card(manifest, ""), encoding="utf-8")


def publish(folder: Path, repository: str) -> None:
    """Put the model on the Hub, and the adapter beside it as `repository`-adapter. Raises: PublishError."""
    from .publish import publish as to_hub

    manifest = ModelManifest.load(folder / MODEL)
    (folder / ADAPTER / CARD).write_text(model_card.adapter_card(manifest, f"{repository}-adapter"), encoding="utf-8")
    for part, name in ((MODEL, repository), (ADAPTER, f"{repository}-adapter")):
        to_hub(folder / part, name, kind="model")
