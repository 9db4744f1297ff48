"""Metadata blocks of dataset and model cards, in the Hub's vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from huggingface_hub import EvalResult
from huggingface_hub.repocard_data import eval_results_to_model_index

from seedbed.core.manifests.contents import ColumnFacts, Config, LicenseFacts
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.manifests.scores import ScoreSheet, TaskScores, words_of
from seedbed.core.text.formatting import visible

LICENSE_PAGE = "LICENSE.md"
LICENSE_NAME = "one-spdx-expression-per-file"
_OTHER = "other"
_OPERATORS = {"AND", "OR", "WITH"}
_SIZE_CATEGORIES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Safe YAML whose lists are indented as the Hub writes them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


_Dumper.add_representer(
    _Line, lambda dumper, line: dumper.represent_mapping("tag:yaml.org,2002:map", line.items(), flow_style=True)
)


def metadata_block(manifest: Manifest, policy: Mapping[str, Any]) -> str:
    """The block without its `---` lines; `policy` is cards/hub.yaml."""
    data = metadata(manifest, policy)
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 16).rstrip("\n")


def metadata(manifest: Manifest, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata for the Hub: licenses, size, tags, configs with their files, and the features and sizes of each."""
    contents = manifest.contents
    licenses = hub_licenses(contents.licenses, frozenset(policy["licenses"]))
    other = {"license_name": LICENSE_NAME, "license_link": LICENSE_PAGE} if _OTHER in licenses else {}
    return {
        "pretty_name": visible(manifest.title),
        "language": policy["dataset"]["language"],
        "license": licenses,
        **other,
        "size_categories": [size_category(contents.total.files)],
        "task_categories": policy["dataset"]["task_categories"],
        "source_datasets": policy["dataset"]["source_datasets"],
        "tags": [*policy["dataset"]["tags"], *sorted(language.config for language in contents.languages)],
        "configs": [_config(config) for config in contents.configs],
        "dataset_info": [_info(config, manifest.columns[config.columns]) for config in contents.configs],
    }


def hub_licenses(licenses: tuple[LicenseFacts, ...], known: frozenset[str]) -> list[str]:
    """The Hub's identifiers of all licenses named in the expressions; `other` when it does not know one of them."""
    keys = {key.lower() for entry in licenses for key in license_keys(entry.expression)}
    return [*sorted(keys & known), *([_OTHER] if keys - known else [])]


def size_category(rows: int) -> str:
    """The Hub's words for a number of rows.

    >>> size_category(999), size_category(1000), size_category(5 * 10**12)
    ('n<1K', '1K<n<10K', 'n>1T')
    """
    if rows < 1000:
        return "n<1K"
    step = len(str(rows)) - 4
    if step >= len(_SIZE_CATEGORIES) - 1:
        return "n>1T"
    return f"{_SIZE_CATEGORIES[step]}<n<{_SIZE_CATEGORIES[step + 1]}"


def features(columns: tuple[ColumnFacts, ...]) -> list[dict[str, Any]]:
    """Columns in the YAML form of `datasets.Features`."""
    return [_feature(column) for column in columns]


def _feature(column: ColumnFacts) -> dict[str, Any]:
    if column.fields:
        return {"name": column.name, column.type: [_feature(part) for part in column.fields]}
    if column.type.startswith("list<"):
        return _Line(name=column.name, list=column.type.removeprefix("list<").removesuffix(">"))
    return _Line(name=column.name, dtype=column.type)


def _config(config: Config) -> dict[str, Any]:
    files = [_Line(split=split.name, path=split.pattern) for split in config.splits]
    default = {"default": True} if config.name == "default" else {}
    return {"config_name": config.name, **default, "data_files": files}


def _info(config: Config, columns: tuple[ColumnFacts, ...]) -> dict[str, Any]:
    return {
        "config_name": config.name,
        "features": features(columns),
        "splits": [_Line(name=split.name, num_bytes=split.bytes, num_examples=split.rows) for split in config.splits],
        "download_size": sum(split.download_bytes for split in config.splits),
        "dataset_size": sum(split.bytes for split in config.splits),
    }


def license_keys(expression: str) -> Iterator[str]:
    """SPDX keys named in an expression, in its order, without its operators."""
    return (word for word in re.findall(r"[\w.+-]+", expression) if word not in _OPERATORS)


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
