"""Dataset, model or Space: what a folder is, by what is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from seedbed.core.errors import PublishError
from seedbed.core.manifests.dataset import Manifest
from seedbed.publishing.hub.card_file import metadata
from seedbed.publishing.hub.content import CARD, Content
from seedbed.publishing.hub.target import KINDS, Kind

_OF_A_MODEL = {"library_name", "pipeline_tag", "base_model", "model-index"}
_OF_A_DATASET = {"configs", "dataset_info", "task_categories", "size_categories"}


def kind_of(content: Content, given: str | None) -> Kind:
    """The type that was given, else the one that the folder shows.

    Raises: PublishError when it shows none, or more than one.
    """
    found = sorted(set(_signs(content)))
    if given not in (None, "dataset") and found == ["dataset"] and has_manifest(content):
        raise PublishError(
            f"--type {given}: {content.folder.name} is a dataset folder (it has a {Manifest.file_name}); leave --type out."
        )
    if given is not None:
        return cast("Kind", given)
    if len(found) != 1:
        seen = f"signs of {' and '.join(found)}" if found else "no sign of its type"
        raise PublishError(f"{content.folder.name}: {seen}. Allowed: --type {'|'.join(KINDS)}.")
    return cast("Kind", found[0])


def has_manifest(content: Content) -> bool:
    """Whether the folder has a manifest of ours, which has to hold then; one that cannot be read counts."""
    if Manifest.file_name not in content.entries:
        return False
    try:
        data = json.loads(content.text(Manifest.file_name))
    except (ValueError, RecursionError):
        return True
    return isinstance(data, dict) and bool({"seedbed", "stages"} & data.keys())


def _signs(content: Content) -> Iterator[str]:
    data = metadata(content) if CARD in content.entries else {}
    if has_manifest(content) or data.keys() & _OF_A_DATASET:
        yield "dataset"
    if "sdk" in data:
        yield "space"
    weights = any(path.endswith(".safetensors") for path in content.entries)
    if ("config.json" in content.entries and weights) or data.keys() & _OF_A_MODEL:
        yield "model"
