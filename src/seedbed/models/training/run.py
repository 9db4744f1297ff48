"""A training run: its recipe, tokens, folder and device; and run.json, the record of it that the model card reads."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

import torch

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import InputError
from seedbed.core.io.files import file_sha256, write_atomic
from seedbed.core.io.process import cores, processor
from seedbed.core.runs.job import commit
from seedbed.models.tokens.manifest import TokensManifest, tokens_for
from seedbed.models.training import metrics

Device = Literal["cpu", "gpu"]
PRECISION: Final = {"cpu": "float32", "gpu": "bfloat16"}
PACKAGES: Final = ("datatrove", "nanotron", "numpy", "safetensors", "torch", "transformers")
"""Packages whose versions run.json records."""


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """A recipe, its tokens, and the folder of the run: checkpoints/, config.yaml, metrics.jsonl, run.json, loss.png."""

    recipe: TrainRecipe
    tokens: TokensManifest
    tokens_folder: Path
    folder: Path
    device: Device

    @property
    def checkpoints(self) -> Path:
        """Folder with one folder per checkpoint, named by its step."""
        return self.folder / "checkpoints"

    @property
    def metrics(self) -> Path:
        """File with loss, learning rate and speed of every step, one JSON object per line."""
        return self.folder / "metrics.jsonl"

    @property
    def tokens_sha256(self) -> str:
        """SHA-256 of tokens.json, which states what the tokens were made from."""
        return file_sha256(self.tokens_folder / TokensManifest.file_name)

    @property
    def precision(self) -> str:
        """Type of weights and activations."""
        return PRECISION[self.device]


def device_of(wanted: str | None) -> Device:
    """The requested device; without a request the GPU where there is one.

    Raises: InputError when a GPU is wanted that torch does not see.
    """
    has_gpu = torch.cuda.is_available()
    if wanted == "gpu" and not has_gpu:
        raise InputError("--device gpu: torch sees no CUDA device. Allowed: cpu, or a machine and a torch that have one.")
    return "cpu" if wanted == "cpu" or not has_gpu else "gpu"


def open_run(recipe: TrainRecipe, tokens_folder: Path, folder: Path, device: Device) -> TrainingRun:
    """Open a run after checking the tokens against the recipe.

    Raises: InputError when the tokens are missing, fewer than one batch, or made by another recipe or tokenizer.
    """
    tokens = tokens_for(recipe, tokens_folder)
    if tokens.recipe_sha256 != recipe.sha256:
        raise InputError(
            f"{tokens_folder}: tokens of another recipe ({tokens.recipe_sha256[:8]}; this one is {recipe.name}, "
            f"{recipe.sha256[:8]}). Run `seedbed tokenize` again: it only does what differs."
        )
    return TrainingRun(recipe, tokens, tokens_folder, folder, device)


def record(run: TrainingRun, step: int, seconds: float) -> dict[str, Any]:
    """Write run.json for a run that reached `step` after `seconds` of training. Returns: its content."""
    rows = metrics.read(run.metrics)
    recipe = run.recipe
    facts = {
        "recipe": {"name": recipe.name, "sha256": recipe.sha256},
        "tokens_sha256": run.tokens_sha256,
        "device": run.device,
        "precision": run.precision,
        "hardware": hardware(run.device),
        "parallelism": recipe.parallelism.model_dump(),
        "step": step,
        "steps": recipe.steps,
        "is_complete": step == recipe.steps,
        "tokens": step * recipe.tokens_a_step,
        "seconds": round(seconds, 1),
        "tokens_per_s": round(metrics.speed(rows), 1),
        "last_checkpoint": f"checkpoints/{step}",
        "metrics": run.metrics.name,
        "validation": metrics.validations(rows),
        "versions": {name: version(name) for name in PACKAGES},
        "commit": commit(),
    }
    write_atomic(run.folder / "run.json", json.dumps(facts, indent=1) + "\n")
    return facts


def hardware(device: str) -> dict[str, Any]:
    """Processor of the first machine of the run, and how many."""
    if device == "gpu":
        return {"name": torch.cuda.get_device_name(), "count": int(os.environ.get("WORLD_SIZE", "1"))}
    return {"name": processor(), "count": cores()}
