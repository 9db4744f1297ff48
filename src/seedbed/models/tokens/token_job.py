"""A run of `seedbed tokenize`: its input, its folders, and the summary of its tasks."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.core.config.recipe import part_of
from seedbed.core.config.training import DatasetChoice, TrainRecipe
from seedbed.core.errors import InputError
from seedbed.core.io.files import file_sha256, new_folder
from seedbed.core.manifests import integrity
from seedbed.core.manifests.dataset import NOTICE_PAGE, Manifest
from seedbed.core.runs.keys import Stage, key_of
from seedbed.models.notices import write_notice
from seedbed.models.tokens.corpus import commit_of
from seedbed.models.tokens.manifest import TRAIN, VALIDATION, DatasetFacts, LanguageFacts, TokensManifest
from seedbed.models.tokens.tokenizer import REPORT_FILE, report_lines


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


def bytes_by_language(counts: Path) -> dict[str, int]:
    """UTF-8 bytes of each language, from the counts of `corpus.Spread`."""
    total: Counter[str] = Counter()
    for sizes in _records(counts):
        total.update({language: size for language, (_, size) in sizes.items()})
    return dict(sorted(total.items()))


def describe(job: TokenJob, folder: Path, epochs: dict[str, float]) -> TokensManifest:
    """tokens.json of a finished folder, from the counts of `token_files.GroupTokenizer`."""
    packed = {split: list(_records(job.folder("packed", split))) for split in (TRAIN, VALIDATION)}
    files = {split: _added(shards, 0) for split, shards in packed.items()}
    sizes = {split: _added(shards, 1) for split, shards in packed.items()}
    vocabulary_size = job.recipe.tokenizer.vocabulary_size
    return TokensManifest(
        key=job.key,
        dataset=job.dataset,
        recipe_sha256=job.recipe.sha256,
        vocabulary_size=vocabulary_size,
        token_bytes=2 if vocabulary_size <= 1 << 16 else 4,
        tokens={split: sum(shard["tokens"] for shard in shards) for split, shards in packed.items()},
        bytes={split: sum(total.values()) for split, total in sizes.items()},
        languages={
            name: LanguageFacts(files=files[TRAIN][name], bytes=sizes[TRAIN][name], epochs=epochs[name])
            for name in sorted(files[TRAIN])
        },
        tokenizer_sha256=file_sha256(folder / "tokenizer" / "tokenizer.json"),
        versions=dict(job.stage.code.packages),
    )


def _added(shards: list[dict[str, Any]], column: int) -> Counter[str]:
    total: Counter[str] = Counter()
    for shard in shards:
        total.update({language: amounts[column] for language, amounts in shard["languages"].items()})
    return total


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def write(job: TokenJob, epochs: dict[str, float]) -> None:
    """Put tokenizer, tokens, report and notices in their place, with the manifest.

    Args: epochs: how often each language is read, which the manifest records.
    """
    with new_folder(job.out) as draft:
        shutil.copytree(job.folder("tokenizer"), draft / "tokenizer")
        for split in (TRAIN, VALIDATION):
            shutil.copytree(job.folder("tokens", split), draft / split)
        shutil.copy(job.folder("report") / REPORT_FILE, draft)
        write_notice(draft, _notice_page(job.dataset), str(job.dataset.id or job.dataset.path), job.dataset.revision)
        describe(job, draft, epochs).save(draft)


def _notice_page(dataset: DatasetFacts) -> Path | None:
    """NOTICE.md of a dataset folder; None for a dataset on a Hub, which the page then points to."""
    page = Path(dataset.path) / NOTICE_PAGE if dataset.path else None
    return page if page and page.is_file() else None


def is_done(job: TokenJob) -> bool:
    """Whether the folder of tokens is there already, made of the same things."""
    try:
        return TokensManifest.load(job.out).key == job.key
    except InputError:
        return False


def drop_work(job: TokenJob, keep: Path | None = None) -> None:
    """Remove intermediate files, those of other states of the recipe too."""
    for path in job.home.iterdir():
        if path.is_dir() and path != keep:
            shutil.rmtree(path)


def report(job: TokenJob, tokens: TokensManifest) -> str:
    """Tokens of each split and the tokenizer's measures, as lines for a terminal."""
    splits = [f"{split}: {tokens.tokens[split]:,} tokens of {tokens.bytes[split] / 1e6:.1f} MB" for split in tokens.tokens]
    return "\n".join((*splits, "", *report_lines(job.out), "", f"tokens: {job.out}"))
