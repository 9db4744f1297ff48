"""run.json: what was trained, on what, for how long: the facts that a model card takes."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from typing import Any

import torch

from seedbed.core.io.atomic import write_atomic
from seedbed.core.io.hardware import cores, processor
from seedbed.core.runs.workspace import commit
from seedbed.models.training import metrics
from seedbed.models.training.run import Run

PACKAGES = ("datatrove", "nanotron", "numpy", "safetensors", "torch", "transformers")


def record(run: Run, step: int, seconds: float) -> dict[str, Any]:
    """Write run.json for a run that got to `step` in `seconds` of training. Returns what it says."""
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
    """What the first machine of the run computes with."""
    if device == "gpu":
        return {"name": torch.cuda.get_device_name(), "count": int(os.environ.get("WORLD_SIZE", "1"))}
    return {"name": processor(), "count": cores()}
