"""A filter and its declarations: columns, limits, and its reasons in words. Recipes, tables, manifests and cards read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any, ClassVar, Self

from datatrove.pipeline.filters.base_filter import BaseFilter

from seedbed.core.config.recipe import Limit, Recipe
from seedbed.core.manifests.columns import Column


class Filter(BaseFilter):
    """A datatrove filter that declares what it adds to a dataset.

    name: of its row in the funnel.  passes: one line on the files that it lets through.
    columns: columns of a sample that it writes.  limits: numbers of the recipe that it goes by.
    reasons: a sentence for each verdict, or for the word before its colon; `{key}` stands for one of its limits.
    Raises: TypeError when the class is defined, if a sentence names a limit that the filter does not declare.
    """

    name: ClassVar[str]
    passes: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]] = ()
    limits: ClassVar[tuple[Limit, ...]] = ()
    reasons: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        known = {limit.key for limit in cls.limits}
        for reason, sentence in cls.reasons.items():
            if unknown := {key for _, key, _, _ in Formatter().parse(sentence) if key} - known:
                raise TypeError(f"{cls.__name__}.reasons: {reason}: {min(unknown)} is not one of its limits {sorted(known)}.")

    @classmethod
    def from_recipe(cls, recipe: Recipe, legal: str) -> Self:
        """The filter as a recipe wants it, made with its limits by their keys.

        Args: legal: folder of the license files and manifests, for filters that read them.
        """
        return cls(**{limit.key: recipe.limits[limit.key] for limit in cls.limits})


def limits_of(filters: Iterable[type[Filter]]) -> tuple[Limit, ...]:
    """The limits of the filters, in their order.

    Raises: ValueError when two filters declare the same key, or have the same name.
    """
    filters = tuple(filters)
    limits = tuple(limit for each in filters for limit in each.limits)
    _check_unique("limit", [limit.key for limit in limits])
    _check_unique("name", [each.name for each in filters])
    return limits


def columns_of(filters: Iterable[type[Filter]]) -> tuple[Column, ...]:
    """The columns of the filters, in their order. Raises: ValueError when two filters declare the same name."""
    columns = tuple(column for each in filters for column in each.columns)
    _check_unique("column", [column.name for column in columns])
    return columns


def _check_unique(what: str, names: list[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise ValueError(f"{what} {name}: declared by {count} filters. Allowed: one.")
