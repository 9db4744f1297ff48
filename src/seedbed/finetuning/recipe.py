"""recipes/finetune: which feedback may teach, how an adapter is trained, and when the model counts as better."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from seedbed.core.config.recipe import Model, Name, Positive, Words, load
from seedbed.core.errors import RecipeError
from seedbed.data.filters.license.policy import check_allow
from seedbed.evaluation.tasks import Task, kinds, load_task
from seedbed.finetuning.eval_suite import TASK
from seedbed.models.lora.settings import SECTION, LoraSettings, TrainingSettings

_ID = r"^[\w.-]+/[\w.-]+$"


class _Section(Model):
    section: ClassVar[str] = SECTION


class BaseModelChoice(_Section):
    """The model that is fine-tuned: a folder that conversion wrote, and its id on a Hub for the cards to link."""

    path: Words
    id: Annotated[str, Field(pattern=_ID, description="owner/name")] | None = None


class Filters(_Section):
    """Which accepted texts may teach."""

    licenses: tuple[str, ...] = Field(min_length=1)
    near_distance: Annotated[int, Field(ge=0, le=24)]
    contaminated_tokens: Annotated[int, Field(ge=5, le=200)]
    max_tokens: Positive


class HeldOut(_Section):
    """Held-out events: a share of the places, drawn by the hash of `salt` and the text before the cursor."""

    share: Annotated[float, Field(gt=0, lt=1)]
    salt: str


class Least(_Section):
    """Fewer events than these teach nothing, or tell nothing."""

    train: Positive
    held_out: Annotated[int, Field(ge=2)]


class Judging(_Section):
    """The same tasks before and after: names in recipes/eval, of each at most `problems`; `measure` decides."""

    tasks: tuple[str, ...] = ()
    problems: Positive
    measure: str = TASK
    margin: Annotated[float, Field(ge=0)] = 0.0

    @model_validator(mode="after")
    def _measure_is_asked(self) -> Self:
        if self.measure not in (TASK, *self.tasks):
            raise ValueError(f"measure {self.measure!r}: not one of {', '.join((TASK, *self.tasks))}")
        return self


class FinetuneRecipe(Model):
    """A plan for fine-tuning. Folders start where the command runs."""

    section: ClassVar[str] = SECTION

    name: Name
    title: Words
    model: BaseModelChoice
    feedback: Words
    dataset: Words
    filters: Filters
    held_out: HeldOut
    least: Least
    lora: LoraSettings
    training: TrainingSettings
    judging: Judging

    @property
    def sha256(self) -> str:
        """Hash of the recipe's meaning, hexadecimal: comments and the order of keys mean nothing."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def load_finetune_recipe(path: Path) -> FinetuneRecipe:
    """Read a plan. Raises: RecipeError, also for an unknown license."""
    recipe = load(path, FinetuneRecipe)
    check_allow(recipe.filters.licenses)
    return recipe


def tasks_of(recipe: FinetuneRecipe, folder: Path) -> list[Task]:
    """The tasks beside the feedback's own, from a folder of tasks. Raises: RecipeError for one that cannot be asked."""
    tasks: list[Task] = []
    for name in recipe.judging.tasks:
        if not (folder / f"{name}.yaml").is_file():
            known = ", ".join(path.stem for path in sorted(folder.glob("*.yaml")))
            raise RecipeError(f"judging.tasks: {name}: no such task. Allowed: {known}.")
        task = load_task(folder / f"{name}.yaml")
        if not _is_suitable(type(task)):
            allowed = ", ".join(sorted(kind for kind, other in kinds().items() if _is_suitable(other)))
            raise RecipeError(f"judging.tasks: {name}: of the kind {task.kind}. Allowed: {allowed}.")
        tasks.append(task)
    return tasks


def _is_suitable(kind: type[Task]) -> bool:
    """Tasks about files of the test split: they run no programs and do not depend on the machine."""
    return kind.needs_documents and not kind.depends_on_machine


def public(recipe: FinetuneRecipe) -> dict[str, Any]:
    """The recipe as plain data for a card: of folders outside of the current one the name alone; not where feedback lies."""
    data = recipe.model_dump(mode="json", exclude={"feedback"})
    data["dataset"], data["model"]["path"] = _public(recipe.dataset), _public(recipe.model.path)
    return data


def _public(path: str) -> str:
    return path if not Path(path).is_absolute() and ".." not in Path(path).parts else Path(path).name
