"""One run of `seedbed tokenize`: what it stands on, and where it works."""

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
    """What makes tokens, a training recipe, its dataset, and where things go. `tasks` and `workers` never change the output.

    `tokenizer` is the folder of one that is there already, for tokens that are to be compared with others; None trains one.
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
        """Hash of all that decides a byte of the tokens, hexadecimal; the rest of a recipe may change without new ones."""
        reads = part_of(self.recipe, self.stage.reads).model_dump(mode="json")
        tokenizer = self.tokenizer and file_sha256(self.tokenizer / "tokenizer.json")
        return key_of(self.stage.code, self.dataset.model_dump(), reads, tokenizer)

    @property
    def choice(self) -> DatasetChoice:
        """The recipe's dataset, one on a Hub at the commit that was found."""
        return self.recipe.dataset.model_copy(update={"revision": self.dataset.revision})

    @property
    def home(self) -> Path:
        """Folder of all work on this recipe's tokens; no data recipe has it, since no name begins with a dot."""
        return self.build / "work" / ".tokens" / self.recipe.name

    @property
    def work(self) -> Path:
        """Folder of this run's intermediate files."""
        return self.home / f"{self.key[:16]}-{self.tasks}"

    @property
    def out(self) -> Path:
        """The folder of tokens."""
        return self.build / "tokens" / self.recipe.name

    def folder(self, *parts: str) -> Path:
        """A folder below the work folder, made."""
        path = self.work.joinpath(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path


def dataset_facts(choice: DatasetChoice) -> DatasetFacts:
    """Which dataset was chosen: a folder held against its manifest, hash by hash, or a Hub's and the commit of now.

    Raises: InputError when there is no such dataset; ManifestError when it is not what its manifest says.
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
