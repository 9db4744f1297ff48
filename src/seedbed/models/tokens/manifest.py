"""tokens.json: what a folder of tokens was made from, and the checks of a training run against it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Final

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import InputError
from seedbed.core.io.files import file_sha256
from seedbed.core.manifests.base import Facts, ManifestFile

TRAIN: Final = "train"
VALIDATION: Final = "validation"


class DatasetFacts(Facts):
    """The dataset: path of a folder as in the recipe and SHA-256 of its manifest, or Hub id and commit."""

    path: str | None = None
    id: str | None = None
    revision: str | None = None
    manifest_sha256: str | None = None


class LanguageFacts(Facts):
    """One language of the training tokens: files and bytes of text, and how often each file is seen in one pass."""

    files: int
    bytes: int
    epochs: float


class TokensManifest(ManifestFile):
    """Content of tokens.json; it depends only on the recipe and the dataset.

    `tokens` counts all tokens of a split, including special tokens and names; `bytes` the UTF-8 bytes of its files' text,
    repeated files included. `key` is the hash of everything that decides the bytes of the folder.
    """

    file_name: ClassVar[str] = "tokens.json"
    written_by: ClassVar[str] = "`seedbed tokenize`"

    key: str
    dataset: DatasetFacts
    recipe_sha256: str
    vocabulary_size: int
    token_bytes: int
    tokens: dict[str, int]
    bytes: dict[str, int]
    languages: dict[str, LanguageFacts]
    tokenizer_sha256: str
    versions: dict[str, str]


def tokens_for(recipe: TrainRecipe, folder: Path) -> TokensManifest:
    """tokens.json of a folder, checked for training with a recipe.

    Raises: InputError for another vocabulary size, another tokenizer beside the tokens, or too few tokens for one batch.
    """
    tokens = TokensManifest.load(folder)
    if tokens.vocabulary_size != recipe.tokenizer.vocabulary_size:
        raise InputError(
            f"{folder}: made with a vocabulary of {tokens.vocabulary_size:,} tokens, the recipe says "
            f"{recipe.tokenizer.vocabulary_size:,}. Run `seedbed tokenize` again."
        )
    tokenizer = folder / "tokenizer" / "tokenizer.json"
    if not tokenizer.is_file() or file_sha256(tokenizer) != tokens.tokenizer_sha256:
        raise InputError(f"{tokenizer}: not the tokenizer that made these tokens. Run `seedbed tokenize` again.")
    refuse_too_few(recipe, tokens)
    return tokens


def refuse_too_few(recipe: TrainRecipe, tokens: TokensManifest) -> None:
    """Raise InputError for a validation split without a window, or a training split without one batch."""
    window = recipe.model.context + 1
    for split, windows in ((TRAIN, recipe.batch.sequences), (VALIDATION, 1)):
        if tokens.tokens[split] < windows * window:
            raise InputError(
                f"{recipe.name}: {split}: {tokens.tokens[split]:,} tokens, one batch takes {windows * window:,} "
                f"({windows:,} x {window:,}). Allowed: more data, a smaller batch.sequences or model.context."
            )
