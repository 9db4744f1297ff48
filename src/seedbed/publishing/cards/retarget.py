"""Pages and manifest of a dataset or model folder, rewritten for the repository that it is published to.

A folder is built before its repository is known, so its card may name a placeholder or a local folder. The pages are
rendered from the manifest alone, so they can be written again for a repository, the same way every time, without touching
the folder. docs/adr/0005 says why.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from seedbed.core.manifests import integrity
from seedbed.core.manifests.dataset import FileFacts, Manifest
from seedbed.core.manifests.model import ModelManifest
from seedbed.publishing.cards import dataset_card, model_card

_CARD = "README.md"


def pages(folder: Path, repository: str, models: tuple[str, ...]) -> dict[str, bytes]:
    """Pages and manifest of a dataset for `repository`, by name; every other file is published as it is.

    Raises: ManifestError when the folder does not match its manifest.
    """
    facts = integrity.verify(folder).model_copy(update={"repository": repository, "models": models})
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
