"""Sources of code. A kind of source is one module here with one subclass of `Source`; recipes name it by its `kind`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from pydantic import ValidationError

from seedbed.core.config.parsing import first_mistake, handbook
from seedbed.core.errors import RecipeError
from seedbed.data.sources.base import Fetched, Source, SourceFile, Survey

__all__ = ["Fetched", "Source", "SourceFile", "Survey", "kinds", "make_source"]


@cache
def kinds() -> dict[str, type[Source]]:
    """Kinds of source by their key in recipes."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return {kind.kind: kind for kind in sorted(Source.__subclasses__(), key=lambda kind: kind.kind)}


def make_source(entry: Mapping[str, str], where: str) -> Source:
    """The source that a recipe's entry names; `where` is what errors call the entry.

    Raises: RecipeError when none or several of the kinds are named, or the keys of that kind are wrong.
    """
    named = [kind for kind in kinds() if kind in entry]
    if len(named) != 1:
        raise RecipeError(f"{where}: one of {', '.join(kinds())} names a source (got {', '.join(entry) or 'nothing'}).")
    kind = kinds()[named[0]]
    try:
        return kind.model_validate(dict(entry))
    except ValidationError as error:
        words = first_mistake(error, kind, named[0], f"See {handbook('sources')}.")
        raise RecipeError(f"{where}: {words}") from error
