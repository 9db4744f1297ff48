"""One ablation: what is left out, by which plan, and where it works."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from seedbed.core.config.training import TrainRecipe
from seedbed.core.manifests.ablation import Arm
from seedbed.core.runs.job import Job
from seedbed.evaluation.ablation.recipe import AblationRecipe
from seedbed.evaluation.ablation.report import ALL


@dataclass(frozen=True, slots=True)
class AblationJob:
    """One ablation: what is left out, the plan and its file, how many seeds, the data's job, the model's recipe."""

    name: str
    plan: AblationRecipe
    path: Path
    seeds: tuple[int, ...]
    data: Job
    train: TrainRecipe

    @property
    def work(self) -> Path:
        """Folder of what ablations share; relative, as it enters keys."""
        return Path(os.path.relpath(self.data.build)) / "ablations" / "work"

    @property
    def out(self) -> Path:
        """Folder of the report."""
        return self.work.parent / self.name

    @property
    def other(self) -> str:
        """What the side without the filter is called."""
        return "raw input" if self.name == ALL else f"without {self.name}"


@dataclass(frozen=True, slots=True)
class TokenizedSide:
    """One side, ready to train on."""

    arm: Arm
    tokens: Path
    recipe: TrainRecipe
