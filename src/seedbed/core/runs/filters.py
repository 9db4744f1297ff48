"""A filter and its declarations: columns, limits, and its reasons in words. Recipes, tables, manifests and cards read them."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from string import Formatter
from typing import Any, ClassVar, Self

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.utils.typeshelper import StatHints

from seedbed.core.config.recipe import Limit, Recipe
from seedbed.core.manifests.columns import Column

Verdict = bool | tuple[bool, str]
"""Of a filter on a document: whether it passes; with a reason where it does not."""


def reason_of(verdict: Verdict) -> tuple[bool, str | None]:
    """Whether a verdict lets a document pass, and the reason if it has one."""
    return verdict if isinstance(verdict, tuple) else (verdict, None)


class Filter(PipelineStep):
    """A step that works like a filter of datatrove, and declares what it adds to a dataset.

    It is not a `BaseFilter`: importing that imports every filter of datatrove and the client of the Hub, half a second of
    `seedbed inspect`. It counts documents, reasons and time in the same way.

    name: of its row in the funnel.  passes: one line on the files that it lets through.
    columns: columns of a sample that it writes.  limits: numbers of the recipe that it goes by.
    reasons: a sentence for each verdict, or for the word before its colon; `{key}` stands for one of its limits.
    Raises: TypeError when the class is defined, if a sentence names a limit that the filter does not declare.
    """

    type = "🔻 - FILTER"
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

    def __init__(self) -> None:
        super().__init__()
        self.exclusion_writer: Any = None
        """Writer of the documents that are dropped; a DiskWriter of datatrove."""

    @abstractmethod
    def filter(self, doc: Document) -> Verdict:
        """Whether one document passes, or `(False, reason)`."""

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """The documents that pass."""
        with self.exclusion_writer or nullcontext() as writer:
            for document in data:
                with self.track_time():
                    passes, reason = reason_of(self.filter(document))
                self.stat_update(StatHints.total)
                if passes:
                    self.stat_update(StatHints.forwarded)
                    self.update_doc_stats(document)
                    yield document
                else:
                    self._drop(document, reason, writer, rank)

    def _drop(self, document: Document, reason: str | None, writer: Any, rank: int) -> None:
        self.stat_update(StatHints.dropped, *([f"dropped_{reason}"] if reason else []))
        if writer:
            if reason:
                document.metadata["filter_reason"] = reason
            writer.write(document, rank)

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
