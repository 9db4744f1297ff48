"""A converted model in int4 for GPUs (GPTQ), calibrated on text it was trained on. Not run on a GPU yet."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer

from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import InputError
from seedbed.models.conversion import verify
from seedbed.models.tokens.manifest import TRAIN, TokensManifest
from seedbed.models.tokens.token_files import first_windows

CALIBRATION_TEXTS = 256
CALIBRATION_TOKENS = 2048
GROUP_SIZE = 128


def run(recipe_path: Path, out: Path | None) -> Path:
    """Write build/models/<name>-int4. Returns its place.

    Raises: MissingExtraError, ConversionError, InputError before any work is done.
    """
    verify.refuse_without_gpu()
    recipe = load_train_recipe(recipe_path)
    model, tokens = Path("build/models") / recipe.name, Path("build/tokens") / recipe.name
    if not (model / "config.json").is_file():
        raise InputError(f"{model}: no model there. Allowed: one that `seedbed convert` wrote.")
    length = min(recipe.model.context, CALIBRATION_TOKENS)
    rows = first_windows(tokens / TRAIN, TokensManifest.load(tokens).token_bytes, CALIBRATION_TEXTS, length).tolist()
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    place = out or model.with_name(f"{model.name}-int4")
    verify.quantise(model, [tokenizer.decode(row, skip_special_tokens=False) for row in rows], place, group_size=GROUP_SIZE)
    return place
