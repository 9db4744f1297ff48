"""One fine-tuning: its recipe, the model that it starts from, and where it works."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.manifests.finetune import Finetune
from seedbed.core.manifests.model import ModelManifest
from seedbed.core.runs.job import public_path
from seedbed.evaluation.prompts import Document, read_split
from seedbed.finetuning.recipe import FinetuneRecipe, load_finetune_recipe, tasks_of


@dataclass(frozen=True)
class FinetuneJob:
    """A recipe, the folder of its base model, the folder of the tasks that judge, and where things go."""

    recipe: FinetuneRecipe
    recipe_path: Path
    base: Path
    tasks: Path
    build: Path
    out: Path
    command: str

    @property
    def work(self) -> Path:
        """Folder of runs and answers; no data recipe has it, since no name begins with a dot."""
        return self.build / "work" / ".finetunes" / self.recipe.name

    @cached_property
    def choice(self) -> DatasetChoice:
        """The dataset whose test split judges."""
        return DatasetChoice(path=self.recipe.dataset)

    @cached_property
    def documents(self) -> list[Document]:
        """The files of its test split."""
        return read_split(self.choice)


def make_job(recipe_path: Path, tasks: Path, feedback: str | None, out: Path | None) -> FinetuneJob:
    """The job of a recipe, with other feedback than the recipe's where there is some.

    Args: tasks: folder of the tasks by which models are judged.
    Raises: InputError, RecipeError, ManifestError.
    """
    recipe = load_finetune_recipe(recipe_path)
    command = f"seedbed finetune {public_path(recipe_path)}"
    if feedback:
        recipe = recipe.model_copy(update={"feedback": feedback})
    tasks_of(recipe, tasks)
    build = Path("build")
    check_feedback(recipe.feedback, build)
    base = base_of(recipe)
    job = FinetuneJob(recipe, recipe_path, base, tasks, build, out or build / "finetunes" / recipe.name, command)
    check_out(job.out)
    if not Path(recipe.dataset).is_dir():
        raise InputError(f"dataset: {recipe.dataset}: no such folder. Allowed: a dataset folder, such as `make dataset` builds.")
    return job


def check_feedback(source: str, build: Path) -> None:
    """Raises: InputError for a folder below `build` that is not there, before a Hub is asked for a dataset of that name."""
    if build in Path(source).parents and not Path(source).is_dir():
        raise InputError(
            f"feedback: {source}: no such folder. Allowed: where `seedbed serve` ({build}/feedback) or `make demo` "
            f"({build}/playground/feedback) keeps it, or OWNER/NAME of a dataset on a Hub."
        )


def base_of(recipe: FinetuneRecipe) -> Path:
    """Folder of the base model. Raises: InputError, ManifestError when it is none that conversion wrote."""
    folder = Path(recipe.model.path)
    if not folder.is_dir():
        raise InputError(f"model.path: {folder}: no such folder. Allowed: a converted model; `make train` makes the starter.")
    ModelManifest.load(folder)
    return folder


def check_out(out: Path) -> None:
    """Refuse a place that holds something else than a fine-tuning. Raises: InputError."""
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out}: not a folder. Allowed: an empty or a new folder.")
    if out.is_dir() and any(out.iterdir()) and not (out / Finetune.file_name).is_file():
        raise InputError(f"--out {out}: holds files that no fine-tuning wrote. Allowed: an empty or a new folder.")
