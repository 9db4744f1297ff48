"""Runs of an ablation: a model trained on one side with one seed, in a folder named by all that decides it; and what it said.

    <work>/runs/<key>/     recipe.yaml, tokens/ (the side's, under this recipe), run/, model/
    <work>/judged/<key>/   a file of results for each task, by run, held-out files and tasks

So two ablations share the runs of the side that they have in common, and a run that was stopped goes on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import yaml

from seedbed.core.config.training import TrainRecipe
from seedbed.core.errors import InputError
from seedbed.evaluation.results import TaskResult
from seedbed.models.tokens import manifest
from seedbed.models.tokens.manifest import TRAIN, VALIDATION
from seedbed.models.training.run_record import write

PACKAGES: Final = ("nanotron", "torch", "transformers")
"""Versions that can change a trained weight; those that can change a token are in the key of the tokens."""
TOKENIZER: Final = "tokenizer"


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """One model: what it is trained on, and its folder."""

    name: str
    recipe: TrainRecipe
    folder: Path

    @property
    def recipe_path(self) -> Path:
        """The training recipe, seed included."""
        return self.folder / "recipe.yaml"

    @property
    def tokens(self) -> Path:
        """The side's tokens."""
        return self.folder / "tokens"

    @property
    def run(self) -> Path:
        """What training writes."""
        return self.folder / "run"

    @property
    def model(self) -> Path:
        """The model as transformers loads it."""
        return self.folder / "model"

    @property
    def is_trained(self) -> bool:
        """Whether the model is there."""
        return (self.model / "config.json").is_file()

    @property
    def steps_done(self) -> int:
        """Steps taken so far."""
        try:
            return (self.run / "metrics.jsonl").read_bytes().count(b'"lr"')
        except FileNotFoundError:
            return 0

    @property
    def seconds(self) -> float:
        """Wall seconds of training."""
        return float(json.loads((self.run / "run.json").read_text(encoding="utf-8"))["seconds"])


def prepare(name: str, side: Path, recipe: TrainRecipe, work: Path) -> TrainedRun:
    """The folder of a run: its recipe, and tokens that point to those of its side.

    Args: side: a folder of tokens; recipe: with the seed of the run. Raises: InputError for tokens that are none.
    """
    told = manifest.load(side)
    versions = [version(package) for package in PACKAGES]
    key = _hash([told.key, told.tokenizer_sha256, recipe.model_dump(mode="json"), versions])
    made = TrainedRun(name, recipe, work / "runs" / key)
    made.tokens.mkdir(parents=True, exist_ok=True)
    for part in (TRAIN, VALIDATION, TOKENIZER):
        link = made.tokens / part
        link.unlink(missing_ok=True)
        link.symlink_to((side / part).resolve())
    manifest.save(told.model_copy(update={"recipe_sha256": recipe.sha256}), made.tokens)
    made.recipe_path.write_text(yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False), encoding="utf-8")
    return made


def judged_folder(run: TrainedRun, held_out: str, tasks: str, work: Path) -> Path:
    """Where the results of a run are. Args: held_out: hash of the files; tasks: hash of what is asked."""
    return work / "judged" / _hash([run.folder.name, held_out, tasks])


def save_result(result: TaskResult, folder: Path) -> None:
    """Keep what a run said to one task, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / f"{result.name}.json", result.model_dump(mode="json"))


def load_result(folder: Path, name: str) -> TaskResult | None:
    """What a run said to a task; None where it was not asked yet. Raises: InputError for a file that is none."""
    path = folder / f"{name}.json"
    if not path.is_file():
        return None
    try:
        return TaskResult.model_validate_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: no results of a task. Remove the file, and run again.") from error


def load_results(folders: Sequence[Path], name: str) -> list[TaskResult]:
    """The results of a task, a run each. Raises: InputError where one is missing."""
    found = [(folder, load_result(folder, name)) for folder in folders]
    for folder, result in found:
        if result is None:
            raise InputError(f"{folder}: no results of {name}. Run `make ablate` again.")
    return [result for _, result in found if result is not None]


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
