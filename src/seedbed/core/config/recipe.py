"""Read recipes: YAML in, typed and frozen models out. Every error is one line that says what is allowed."""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model, model_validator
from pydantic_core import PydanticCustomError

from seedbed.core.config import parsing
from seedbed.core.config.parsing import example, first_mistake, handbook, section_of
from seedbed.core.errors import RecipeError

_MAX_RECIPE_BYTES = 4_000_000
_MOST = 2**53
"""Largest integer of a recipe: JSON readers hold it exactly, and adding one to it does not overflow a size."""
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=_MOST)]
Positive = Annotated[int, Field(gt=0, le=_MOST)]
_NAME = "lower-case letters, digits, '.', '_', '-', at most 64, a letter or digit first"
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description=_NAME)]
Words = Annotated[str, Field(min_length=1)]


def _published(language: str) -> str:
    """Raises: PydanticCustomError for a language that is not published."""
    from seedbed.core.syntax.languages import LANGUAGES  # here, since most recipes name none and need no parser

    if language not in LANGUAGES:
        *names, last = map(repr, LANGUAGES)
        raise PydanticCustomError("literal_error", "Input should be {expected}", {"expected": f"{', '.join(names)} or {last}"})
    return language


Language = Annotated[str, AfterValidator(_published)]
"""Display name of a published language."""
Split = Literal["train", "validation", "test"]


class Model(BaseModel):
    """Base of every part of a recipe: an unknown key is an error, and models are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    section: ClassVar[str] = ""
    """Section of recipes/README.md about all keys of a recipe; each key has its own when empty."""


AnyModel = TypeVar("AnyModel", bound=Model)


class Archives(Model):
    """Caps that keep a hostile archive from filling the machine; an archive beyond any of them is refused as a whole."""

    max_files: Positive
    max_bytes: Positive
    max_ratio: Positive


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of a recipe's `limits`, declared by the filter that goes by it.

    key: `min_...` or `max_...`.  type: Count, Positive or Share.  reason: why this default.
    column: the column that it bounds from below (`min_...`) or above, to mark it in the published distribution; "" for none.
    """

    key: str
    type: Any = field(hash=False)
    default: float
    unit: str
    meaning: str
    reason: str
    column: str = ""


class Limits(Model):
    """The band in which a file is worth keeping. `recipe_model` adds the limits that filters declare."""

    archives: Archives

    def __getitem__(self, key: str) -> Any:
        """The value of a filter's limit. Raises: AttributeError for one that no filter declares."""
        return getattr(self, key)


class License(Model):
    """Which licenses may enter: a named policy, or SPDX keys, and exceptions after WITH. Without either it is `default`."""

    policy: Words | None = None
    allow: tuple[str, ...] = Field(default=(), min_length=1)
    timeout_seconds: Positive
    max_bytes: Positive


class NearDuplicates(Model):
    """When two files count as copies."""

    enabled: bool
    max_distance: Annotated[int, Field(ge=0, le=24)]


class Splits(Model):
    """Shares of the projects in each split; a project is placed by the hash of `salt` and its name."""

    train: Share
    validation: Share
    test: Share
    salt: str
    pins: Mapping[str, Split] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        if abs(self.train + self.validation + self.test - 1) > 1e-9:
            raise ValueError("train, validation and test must sum to 1")
        return self


class Output(Model):
    """How the parquet files are cut."""

    shard_bytes: Positive
    row_group_bytes: Positive
    repository: str


class Correction(Model):
    """What changed in what is published under this recipe, and why; `removed` are files, as `project version: path`."""

    date: datetime.date
    change: Words
    why: Words
    removed: tuple[Words, ...] = ()


class Recipe(Model):
    """A dataset recipe. `sources` stay mappings here: each kind of source checks its own keys."""

    name: Name
    title: Words
    description: str
    contact: str
    languages: tuple[Language, ...] = Field(min_length=1)
    sources: tuple[Mapping[str, str], ...] = Field(min_length=1)
    limits: Limits
    license: License
    near_duplicates: NearDuplicates
    splits: Splits
    output: Output
    evidence: tuple[str, ...] = ()
    history: tuple[Correction, ...] = ()

    @property
    def meaning(self) -> dict[str, Any]:
        """The recipe as plain data, its sources in an order of their own: comments and the order of entries mean nothing."""
        data = self.model_dump(mode="json")
        if "sources" in data:  # a part of a recipe may be without
            data["sources"].sort(key=lambda source: json.dumps(source, sort_keys=True))
        return data

    @property
    def sha256(self) -> str:
        """Hash of the recipe's meaning, hexadecimal."""
        return hashlib.sha256(json.dumps(self.meaning, sort_keys=True).encode()).hexdigest()


def part_of(model: AnyModel, keys: Iterable[str]) -> AnyModel:
    """The same recipe with nothing in it but these keys, such as `limits.max_bytes`; any other one raises AttributeError.

    Raises: AttributeError for a key that the recipe does not have.
    """
    within: dict[str, list[str]] = {}
    for key in keys:
        first, _, rest = key.partition(".")
        within.setdefault(first, []).append(rest)
    values = {}
    for first, rests in within.items():
        value = getattr(model, first)
        values[first] = value if "" in rests else part_of(value, rests)
    part = type(model).model_construct(**values)
    for default in part.__dict__.keys() - values.keys():
        del part.__dict__[default]
    return part


def load_recipe(path: Path, limits: Sequence[Limit], defaults: Path | None = None) -> Recipe:
    """Read a dataset recipe.

    Args:
        limits: those that the filters declare.
        defaults: a recipe in part, such as recipes/defaults.yaml. What a recipe leaves out comes from there, a limit that
            is in neither from its declaration. Without it every key must be given.
    Raises: RecipeError when the file is missing, is not YAML, or does not say what a recipe must.
    """
    recipe = _mapping(_read(path), path.name)
    if defaults:
        declared = {"limits": {limit.key: limit.default for limit in limits}}
        recipe = _over(_over(declared, _mapping(_read(defaults), defaults.name)), recipe)
    return _made(recipe, path.name, recipe_model(tuple(limits)))


@functools.cache
def recipe_model(limits: tuple[Limit, ...]) -> type[Recipe]:
    """The model of a dataset recipe whose filters declare these limits."""
    fields: dict[str, Any] = {limit.key: (limit.type, ...) for limit in limits}
    section = create_model("Limits", __base__=Limits, **fields)
    return create_model("Recipe", __base__=Recipe, limits=(section, ...))


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two mappings as one: what is above counts; mappings are joined key by key, and an empty key is one left out."""
    joined = {**below, **above}
    for key in below.keys() & above.keys():
        if above[key] is None:
            joined[key] = below[key]
        elif isinstance(below[key], Mapping) and isinstance(above[key], Mapping):
            joined[key] = _over(below[key], above[key])
    return joined


def parse_recipe(text: str, name: str, limits: Sequence[Limit]) -> Recipe:
    """Check a recipe's text; `name` is what errors call the file. Raises: RecipeError."""
    return parse(text, name, recipe_model(tuple(limits)))


def load(path: Path, model: type[AnyModel]) -> AnyModel:
    """Read a recipe of any kind, such as a release.

    Raises: RecipeError when the file is missing, is not YAML, or does not say what the model wants.
    """
    return parse(_read(path), path.name, model)


def parse(text: str, name: str, model: type[AnyModel]) -> AnyModel:
    """Check the text of a recipe of any kind; `name` is what errors call the file."""
    return _made(_mapping(text, name), name, model)


def _mapping(text: str, name: str) -> dict[str, Any]:
    try:
        data = parsing.load(text)
    except RecipeError as error:
        raise RecipeError(f"{name}: {error}") from error
    if not isinstance(data, dict):
        raise RecipeError(f"{name}: a recipe is a mapping of keys. See {handbook()}.")
    return data


def _made(data: Mapping[str, Any], name: str, model: type[AnyModel]) -> AnyModel:
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        section = model.section or section_of(error, model)
        raise RecipeError(f"{name}: {first_mistake(error, model, 'recipe', f'See {handbook(section)}.')}") from error


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_RECIPE_BYTES + 1)
        text = data.decode()
    except FileNotFoundError as error:
        raise RecipeError(f"{path}: no such recipe. Allowed: a YAML file such as {example()}.") from error
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: cannot be read as UTF-8 text: {error}.") from error
    if len(data) > _MAX_RECIPE_BYTES:
        raise RecipeError(f"{path}: larger than a recipe may be. Allowed: {_MAX_RECIPE_BYTES:,} bytes.")
    return text
