"""The YAML block at the top of a model card, as the Hub and transformers read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from huggingface_hub import EvalResult
from huggingface_hub.repocard_data import eval_results_to_model_index

from seedbed.core.manifests.contents import LicenseFacts
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.manifests.scores import ScoreSheet, TaskScores, words_of
from seedbed.core.text.markdown import visible
from seedbed.publishing.cards.dataset_metadata import hub_licenses


def model_metadata_block(manifest: ModelManifest, policy: Mapping[str, Any]) -> str:
    """The block without its `---` lines; `policy` is cards/hub.yaml."""
    return yaml.safe_dump(model_metadata(manifest, policy), sort_keys=False, allow_unicode=True, width=1 << 16).rstrip("\n")


def model_metadata(manifest: ModelManifest, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata for the Hub: library, task, license, languages, the dataset where it has an address, how to load it."""
    words, after = policy["model"], manifest.finetuning
    base = {"base_model": after.base.id, "base_model_relation": "finetune"} if after and after.base.id else {}
    datasets = {"datasets": [manifest.data.id]} if manifest.data.id else {}
    license_ = LicenseFacts(expression=manifest.license, category="", files=0, bytes=0)
    return {
        "model_name": visible(manifest.title),
        "library_name": "transformers",
        "pipeline_tag": words["pipeline_tag"],
        "language": words["language"],
        "license": hub_licenses((license_,), frozenset(policy["licenses"]))[0],
        **base,
        **datasets,
        "tags": [*words["tags"], *sorted({_tag(language.name) for language in manifest.data.languages})],
        "inference": {"parameters": dict(sorted(manifest.generation.items()))},
        **model_index(manifest),
    }


def adapter_metadata_block(manifest: ModelManifest, policy: Mapping[str, Any]) -> str:
    """The block of an adapter's card, without its `---` lines; `manifest` is that of the model it is merged into."""
    merged, after = model_metadata(manifest, policy), manifest.finetuning
    keep = ("pipeline_tag", "language", "license", "datasets")
    base = {"base_model": after.base.id, "base_model_relation": "adapter"} if after and after.base.id else {}
    data = {
        "model_name": f"{merged['model_name']}, adapter",
        "library_name": "peft",
        **{key: merged[key] for key in keep if key in merged},
        **base,
        "tags": ["code", "lora", "feedback"],
    }
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1 << 16).rstrip("\n")


def model_index(manifest: ModelManifest) -> dict[str, Any]:
    """The scores of all problems as `model-index`, the Hub's older form of results; nothing where there are none."""
    name = visible(manifest.title)
    results = [
        EvalResult(
            task_type="text-generation",
            task_name="Code",
            dataset_type=_dataset(task, sheet)[0],
            dataset_name=_dataset(task, sheet)[1],
            dataset_split="test",
            metric_type=score.metric if score.statistic == "mean" else f"{score.metric}_{score.statistic}",
            metric_name=f"{task.title}: {words_of(score)}",
            metric_value=float(f"{score.value:.4g}"),
        )
        for sheet in manifest.evaluations
        for task in sheet.tasks
        for score in task.scores
        if not score.group
    ]
    return {"model-index": eval_results_to_model_index(name, results)} if results else {}


def _dataset(task: TaskScores, sheet: ScoreSheet) -> tuple[str, str]:
    """Identifier and name of the dataset that a task asks about: its benchmark, or the split of the sheet's dataset."""
    benchmark, data = task.recipe.get("benchmark"), sheet.data
    if isinstance(benchmark, dict):
        return str(benchmark["id"]), task.title
    if task.kind == "program" or data is None:
        return task.name, task.title
    return data.id or _tag(data.name).replace(" ", "-"), visible(data.name)


def _tag(language: str) -> str:
    """A language as a tag: lower case, and signs in words.

    >>> _tag("C++")
    'cpp'
    """
    return language.lower().replace("+", "p").replace("#", "sharp")
