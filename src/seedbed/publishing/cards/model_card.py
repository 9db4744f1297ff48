"""Cards of models and adapters, what links them to their dataset, and the pages of ablations and fine-tunings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from seedbed.core.manifests.ablation import Ablation
from seedbed.core.manifests.finetune import Finetune
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.manifests.scores import TaskScores
from seedbed.publishing.cards import templates
from seedbed.publishing.cards.metadata import adapter_metadata_block, model_metadata_block


def model_card(manifest: ModelManifest, folder: Path | None = None) -> str:
    """README.md of a model: the Hub's metadata block and the card, by the template of `folder` (cards/ by default).

    Raises: InputError when the template asks for what the manifest does not say.
    """
    policy = templates.hub_policy()
    facts = {
        "manifest": manifest,
        "metadata_block": lambda: model_metadata_block(manifest, policy),
        "languages_of": languages_of,
    }
    return templates.fill("model.md.jinja", facts, folder)


def adapter_card(manifest: ModelManifest, repository: str) -> str:
    """README.md of an adapter.

    Args: manifest: of the model that it is merged into; repository: where it is published, empty before.
    """
    policy = templates.hub_policy()
    facts = {
        "manifest": manifest,
        "report": manifest.finetuning,
        "repository": repository,
        "metadata_block": lambda: adapter_metadata_block(manifest, policy),
    }
    return templates.fill("adapter.md.jinja", facts)


def links_block(links: Mapping[str, Any]) -> str:
    """What a model's or a Space's card says of the parts it belongs to; `links` is what cards/links.md.jinja asks for."""
    return templates.fill("links.md.jinja", links)


def finetune_page(report: Finetune) -> str:
    """report.md of a fine-tuning."""
    return templates.fill("finetune.md.jinja", {"report": report})


def ablation_page(report: Ablation, plot: str) -> str:
    """report.md of an ablation; `plot` is the name of its picture."""
    return templates.fill("ablation.md.jinja", {"report": report, "plot": plot})


def languages_of(tasks: Iterable[TaskScores]) -> list[str]:
    """Languages that any task has scores of, by name."""
    return sorted({score.group for task in tasks for score in task.scores if score.group})
