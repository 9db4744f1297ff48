"""Folders to publish: an invented dataset, a tiny model, a Space of two files, and plain ones."""

import json
import os
from pathlib import Path

from seedbed.core.manifests import integrity
from seedbed.publishing.cards import dataset_card
from tests.invented_dataset import make_manifest, write_dataset

CARD = "---\nlicense: apache-2.0\n---\n\n# A card\n"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def invented_dataset(folder: Path) -> Path:
    """A sealed dataset whose card names the placeholder, as a recipe in a repository does."""
    folder.mkdir()
    write_dataset(folder)
    facts = make_manifest(folder).model_copy(update={"repository": "OWNER/invented"})
    dataset_card.write_pages(facts, folder)
    integrity.seal(facts, folder)
    return folder


def plain_model(folder: Path, weights: int = 1) -> Path:
    """What has the shape of a model: a configuration, a card, and `weights` files of random bytes, 20 KB each."""
    files: dict[str, str | bytes] = {"README.md": CARD, "config.json": json.dumps({"model_type": "llama"})}
    return write(folder, files | {f"part-{number}.safetensors": os.urandom(20_000) for number in range(weights)})


def space(folder: Path) -> Path:
    readme = "---\ntitle: A playground\nsdk: static\n---\n\n# A playground\n"
    return write(folder, {"README.md": readme, "index.html": "<p>Hello</p>\n"})
