"""A folder of tokens: its tokens.json says what it was made of; who trains on it holds the two against each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import InputError
from seedbed.core.io.atomic import write_atomic
from seedbed.core.io.checksums import file_sha256

FILE_NAME: Final = "tokens.json"
TRAIN: Final = "train"
VALIDATION: Final = "validation"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatasetFacts(_Model):
    """Which dataset: a folder's path as the recipe has it and its manifest's hash, or a Hub id and its commit."""

    path: str | None = None
    id: str | None = None
    revision: str | None = None
    manifest_sha256: str | None = None


class LanguageFacts(_Model):
    """One language of the training tokens: files and bytes of its text, and how often each is seen in one pass."""

    files: int
    bytes: int
    epochs: float


class Tokens(_Model):
    """What a folder of tokens says of itself; all of it depends on the recipe and the dataset alone.

    `tokens` counts all tokens of a split, special ones and names included; `bytes` the UTF-8 bytes of its files' text, as
    often as they are told. `key` is the hash of all that decided a byte of the folder.
    """

    format: int = 1
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


def save(tokens: Tokens, folder: Path) -> None:
    """Write tokens.json: sorted keys, the same text for the same facts."""
    text = json.dumps(tokens.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False)
    write_atomic(folder / FILE_NAME, text + "\n")


def load(folder: Path) -> Tokens:
    """Read tokens.json.

    Raises: InputError when there is none, or it is not what `save` writes.
    """
    path = folder / FILE_NAME
    try:
        return Tokens.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{folder}: no tokens there. Allowed: a folder that `seedbed tokenize` wrote.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(key) for key in first["loc"])
        raise InputError(f"{path}: {where}: {first['msg']}. Run `seedbed tokenize` again.") from error


def tokens_for(recipe: TrainRecipe, folder: Path) -> Tokens:
    """The tokens of a recipe, ready to train on.

    Raises: InputError when they are another recipe's, when the tokenizer beside them is not the one that made them, or
    when they are too few for one batch.
    """
    tokens = load(folder)
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


def refuse_too_few(recipe: TrainRecipe, tokens: Tokens) -> None:
    """Raise InputError when a split has no window, or the training split not even one batch."""
    window = recipe.model.context + 1
    for split, windows in ((TRAIN, recipe.batch.sequences), (VALIDATION, 1)):
        if tokens.tokens[split] < windows * window:
            raise InputError(
                f"{recipe.name}: {split}: {tokens.tokens[split]:,} tokens, one batch takes {windows * window:,} "
                f"({windows:,} x {window:,}). Allowed: more data, a smaller batch.sequences or model.context."
            )
