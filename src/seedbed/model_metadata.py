"""The YAML block at the top of a model card, as the Hub and transformers read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from seedbed.hub_metadata import hub_licenses
from seedbed.manifest import License
from seedbed.markdown import visible
from seedbed.model_manifest import ModelManifest


def model_metadata_block(manifest: ModelManifest, policy: Mapping[str, Any]) -> str:
    """The block without its `---` lines; `policy` is cards/hub.yaml."""
    return yaml.safe_dump(model_metadata(manifest, policy), sort_keys=False, allow_unicode=True, width=1 << 16).rstrip("\n")


def model_metadata(manifest: ModelManifest, policy: Mapping[str, Any]) -> dict[str, Any]:
    """What the Hub is told: library, task, license, languages, the dataset where it has an address, how to load it."""
    words = policy["model"]
    datasets = {"datasets": [manifest.data.id]} if manifest.data.id else {}
    license_ = License(expression=manifest.license, category="", files=0, bytes=0)
    return {
        "model_name": visible(manifest.title),
        "library_name": "transformers",
        "pipeline_tag": words["pipeline_tag"],
        "language": words["language"],
        "license": hub_licenses((license_,), frozenset(policy["licenses"]))[0],
        **datasets,
        "tags": [*words["tags"], *sorted({_tag(language.name) for language in manifest.data.languages})],
        "inference": {"parameters": dict(sorted(manifest.generation.items()))},
    }


def _tag(language: str) -> str:
    """A language as a tag: lower case, and signs in words.

    >>> _tag("C++")
    'cpp'
    """
    return language.lower().replace("+", "p").replace("#", "sharp")
