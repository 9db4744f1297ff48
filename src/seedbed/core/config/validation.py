"""Validation errors of a recipe as one line: the error that explains the others first, and where to read more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

import seedbed

_GOT_CHARACTERS = 60


def first_mistake(error: ValidationError, model: type[BaseModel], root: str, where_to_read: str) -> str:
    """One line such as `a.b: what. Allowed: ... See ...`, with the number of further errors.

    An unknown key comes first, since it may be a missing key misspelt; then all missing keys at once; then wrong values.

    Args: model: the model that was validated; root: name of the whole, for an error of no single key; where_to_read: a sentence.
    """
    mistakes = error.errors()
    missing = [mistake for mistake in mistakes if mistake["type"] == "missing"]
    unknown = [mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"]
    first = (unknown or missing or mistakes)[0]
    shown = missing if first["type"] == "missing" else [first]
    where = ", ".join(_dotted(mistake["loc"]) or root for mistake in shown)
    more = f" ({len(mistakes) - len(shown)} more)" if len(mistakes) > len(shown) else ""
    return f"{where}: {_what(first, model)}. {where_to_read}{more}"


def section_of(error: ValidationError, model: type[BaseModel]) -> str:
    """First key of the error that `first_mistake` reports, which is a section of recipes/README.md; "" for an unknown key."""
    mistakes = error.errors()
    by_kind = (mistake for kind in ("extra_forbidden", "missing") for mistake in mistakes if mistake["type"] == kind)
    first = next(by_kind, mistakes[0])
    return next((str(key) for key in first["loc"][:1] if key in model.model_fields), "")


def handbook(section: str = "", package: Path | None = None) -> str:
    """Path of the page that explains recipes: in a checkout, or the copy installed with the package."""
    shipped = (package or Path(seedbed.__file__).parent) / "policy" / "recipes"
    page = str(shipped / "README.md") if shipped.is_dir() else "recipes/README.md"
    return f"{page}#{section}" if section else page


def example(package: Path | None = None) -> str:
    """Path of a recipe to start from: in a checkout, or the copy installed with the package."""
    return f"{Path(handbook(package=package)).parent / 'data' / 'starter.yaml'}"


def _dotted(keys: Iterable[int | str]) -> str:
    return ".".join(map(str, keys))


def _what(mistake: Mapping[str, Any], model: type[BaseModel]) -> str:
    *path, last = mistake["loc"] or ("",)
    got = json.dumps(mistake["input"], default=str)[:_GOT_CHARACTERS]
    match mistake["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            keys = _keys(_inside(path, model))
            near = get_close_matches(str(last), keys, n=1)
            return f"unknown key. Allowed: {', '.join(keys)}" + (f". Nearest: {near[0]}" if near else "")
        case "string_type" if isinstance(mistake["input"], int | float):
            return f"text is wanted, {got} is a number: put it in quotes"
        case "string_pattern_mismatch":
            allowed = _description(_field(str(last), _inside(path, model)))
            return f"{got} is not allowed. Allowed: {allowed or mistake['ctx']['pattern']}"
        case "value_error":
            return str(mistake["msg"]).removeprefix("Value error, ")
    return f"{mistake['msg']} (got {got})"


def _inside(path: Iterable[int | str], model: type[BaseModel]) -> type[BaseModel] | None:
    """The model at a path of keys; None for plain data."""
    here: type[BaseModel] | None = model
    for key in path:
        annotation = field.annotation if (field := _field(str(key), here)) else None
        parts = (annotation, *get_args(annotation))
        here = next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)
    return here


def _field(key: str, model: type[BaseModel] | None) -> FieldInfo | None:
    return model.model_fields.get(key) if model else None


def _description(field: FieldInfo | None) -> str | None:
    """The description of a field, or of its type if the field is optional."""
    if field is None or field.description:
        return field.description if field else None
    inside = (note for part in get_args(field.annotation) for note in getattr(part, "__metadata__", ()))
    return next((note.description for note in inside if isinstance(note, FieldInfo)), None)


def _keys(model: type[BaseModel] | None) -> list[str]:
    return sorted(model.model_fields) if model else []
