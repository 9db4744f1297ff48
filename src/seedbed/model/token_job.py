"""One run of `pipeline.tokenize`: where it works, and what it stands on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from seedbed import seal
from seedbed.digests import file_sha256
from seedbed.errors import InputError
from seedbed.manifest import FILE_NAME
from seedbed.model.tokens import DatasetFacts, key_of
from seedbed.train_recipe import TrainRecipe
from seedbed.workspace import code_sha256

DECIDING_PACKAGES = ("datasets", "datatrove", "pyarrow", "tokenizers", "transformers")
"""Packages whose version can change a byte of what is written."""


@dataclass(frozen=True, slots=True)
class TokenJob:
    """A training recipe, its dataset, and where things go. `tasks` never changes the output."""

    recipe: TrainRecipe
    dataset: DatasetFacts
    build: Path
    tasks: int
    workers: int

    @property
    def key(self) -> str:
        """Hash of all that decides a byte of the tokens."""
        return key_of(self.recipe, self.dataset, versions())

    @property
    def work(self) -> Path:
        """Folder of intermediate files; no data recipe's name begins with a dot."""
        code = hashlib.sha256(f"{self.key}\n{code_sha256()}\n{self.tasks}".encode()).hexdigest()
        return self.build / "work" / ".tokens" / self.recipe.name / code[:16]

    @property
    def out(self) -> Path:
        """The folder of tokens."""
        return self.build / "tokens" / self.recipe.name

    def folder(self, *parts: str) -> Path:
        """A folder below the work folder, made."""
        path = self.work.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path


def versions() -> dict[str, str]:
    """Installed version of each deciding package."""
    return {name: version(name) for name in DECIDING_PACKAGES}


def dataset_facts(recipe: TrainRecipe) -> DatasetFacts:
    """Which dataset a recipe stands on; a folder is held against its manifest, hash by hash.

    Raises: InputError when there is no folder; ManifestError when it is not what its manifest says.
    """
    choice = recipe.dataset
    if choice.path is None:
        return DatasetFacts(id=choice.id, revision=choice.revision)
    folder = Path(choice.path)
    if not (folder / FILE_NAME).is_file():
        raise InputError(
            f"dataset.path: {choice.path}: no dataset there. Allowed: a built one; `make dataset` builds the starter."
        )
    seal.verify(folder)
    return DatasetFacts(path=choice.path, manifest_sha256=file_sha256(folder / FILE_NAME))
