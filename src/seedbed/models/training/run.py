"""One training run: what it trains on, where it writes, and on what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import torch

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import InputError
from seedbed.core.io.checksums import file_sha256
from seedbed.models.tokens.manifest import FILE_NAME, Tokens, tokens_for

Device = Literal["cpu", "gpu"]
DEVICES: Final = ("cpu", "gpu")
PRECISION: Final = {"cpu": "float32", "gpu": "bfloat16"}


@dataclass(frozen=True, slots=True)
class Run:
    """A recipe, its tokens and the folder of the run: checkpoints/, config.yaml, metrics.jsonl, run.json, loss.png."""

    recipe: TrainRecipe
    tokens: Tokens
    tokens_folder: Path
    folder: Path
    device: Device

    @property
    def checkpoints(self) -> Path:
        """One folder a checkpoint, named by its step."""
        return self.folder / "checkpoints"

    @property
    def metrics(self) -> Path:
        """Loss, learning rate and speed of every step, a JSON object a line."""
        return self.folder / "metrics.jsonl"

    @property
    def tokens_sha256(self) -> str:
        """Hash of the tokens' own description, which names what they were made of."""
        return file_sha256(self.tokens_folder / FILE_NAME)

    @property
    def precision(self) -> str:
        """Of weights and activations."""
        return PRECISION[self.device]


def device_of(wanted: str | None) -> Device:
    """The device asked for, or the GPU where there is one.

    Raises: InputError when a GPU is wanted that torch does not see.
    """
    has_gpu = torch.cuda.is_available()
    if wanted == "gpu" and not has_gpu:
        raise InputError("--device gpu: torch sees no CUDA device. Allowed: cpu, or a machine and a torch that have one.")
    return "cpu" if wanted == "cpu" or not has_gpu else "gpu"


def open_run(recipe: TrainRecipe, tokens_folder: Path, folder: Path, device: Device) -> Run:
    """Hold a recipe against its tokens.

    Raises: InputError when there are none, too few for one batch, another recipe's, or another tokenizer's.
    """
    tokens = tokens_for(recipe, tokens_folder)
    if tokens.recipe_sha256 != recipe.sha256:
        raise InputError(
            f"{tokens_folder}: tokens of another recipe ({tokens.recipe_sha256[:8]}; this one is {recipe.name}, "
            f"{recipe.sha256[:8]}). Run `python -m pipeline.tokenize` again: it only does what differs."
        )
    return Run(recipe, tokens, tokens_folder, folder, device)
