"""A job of `seedbed tokenize`: its recipe and dataset, its key, its folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seedbed.core.config.recipe import part_of
from seedbed.core.config.training import DatasetChoice, TrainRecipe
from seedbed.core.errors import InputError
from seedbed.core.io.checksums import file_sha256
from seedbed.core.manifests import integrity
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.runs.keys import Stage, key_of
from seedbed.models.tokens.dataset_rows import commit_of
from seedbed.models.tokens.manifest import DatasetFacts


@dataclass(frozen=True, slots=True)
class TokenJob:
    """Stage, training recipe, dataset, and the folder of all builds. `tasks` and `workers` never change the output.

    `tokenizer` is the folder of an existing tokenizer, for tokens that are compared with others; None trains one.
    """

    stage: Stage
    recipe: TrainRecipe
    dataset: DatasetFacts
    build: Path
    tasks: int
    workers: int
    tokenizer: Path | None = None

    @property
    def key(self) -> str:
        """Hash of everything that decides the bytes of the tokens, hexadecimal; other parts of the recipe do not change it."""
        reads = part_of(self.recipe, self.stage.reads).model_dump(mode="json")
        tokenizer = self.tokenizer and file_sha256(self.tokenizer / "tokenizer.json")
        return key_of(self.stage.code, self.dataset.model_dump(), reads, tokenizer)

    @property
    def choice(self) -> DatasetChoice:
        """The recipe's dataset; one on a Hub is pinned to its commit."""
        return self.recipe.dataset.model_copy(update={"revision": self.dataset.revision})

    @property
    def home(self) -> Path:
        """Folder of all work on this recipe's tokens. No data recipe has this name, because names do not begin with a dot."""
        return self.build / "work" / ".tokens" / self.recipe.name

    @property
    def work(self) -> Path:
        """Folder of the intermediate files of this job."""
        return self.home / f"{self.key[:16]}-{self.tasks}"

    @property
    def out(self) -> Path:
        """The folder of tokens."""
        return self.build / "tokens" / self.recipe.name

    def folder(self, *parts: str) -> Path:
        """Create a folder below the work folder."""
        path = self.work.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path


def dataset_facts(choice: DatasetChoice) -> DatasetFacts:
    """Identify the dataset: a folder, verified against the hashes of its manifest, or a Hub id with its current commit.

    Raises: InputError for an unknown dataset; ManifestError for a folder that does not match its manifest.
    """
    if choice.path is None:
        return DatasetFacts(id=choice.id, revision=commit_of(choice))
    folder = Path(choice.path)
    if not (folder / Manifest.file_name).is_file():
        raise InputError(
            f"dataset.path: {choice.path}: no dataset there. Allowed: a built one; `make dataset` builds the starter."
        )
    integrity.verify(folder)
    return DatasetFacts(path=choice.path, manifest_sha256=file_sha256(folder / Manifest.file_name))
