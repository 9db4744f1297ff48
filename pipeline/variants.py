"""The two datasets of an ablation: by the recipe, and without one filter. Stages that the filter does not touch are shared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.runs.job import Job, StageJob, claimed
from seedbed.data.filters.language import LanguageFilter
from seedbed.data.filters.license.filters import LicenseCollector
from seedbed.data.filters.shape import DecodeFilter
from seedbed.evaluation.ablation.outcomes import ALL

from . import clean, dataset, dedup, ingest

FILTERS: Final = (
    *(each.name for each in (*ingest.FILTERS, *clean.FILTERS) if each.reasons and each is not DecodeFilter),
    *dedup.REASONS,
)
"""Filters that an ablation can leave out, in order: all that reject files, except the one for files that are not text."""


def names() -> list[str]:
    """Every filter that can be left out."""
    return [*FILTERS]


def left_out(name: str) -> tuple[str, ...]:
    """The filters that an ablation leaves out; for `all` every one, but files keep to the recipe's languages. Nothing
    then goes by the license evidence, so none is looked for.

    Raises: InputError for an unknown name.
    """
    if name == ALL:
        return (*(name for name in names() if name != LanguageFilter.name), LicenseCollector.name)
    if name not in names():
        raise InputError(f"FILTER {name}: no such filter. Allowed: {', '.join(names())}, or {ALL}.")
    return (name,)


def make(job: Job, name: str, place: Path) -> tuple[StageJob, StageJob]:
    """Run the pipeline as the recipe says and without the filter, each going on where it stopped.

    Stages that the filter does not touch are those of the first run.
    Args: job: of the recipe, in its usual place; place: where the second one works.
    Returns: the last stage of both.
    """
    other = replace(job, build=place, without=left_out(name), shared=job.home)
    with claimed(job):
        usual = dataset.run(job, "dedup")
        with claimed(other):
            return usual, dataset.run(other, "dedup")
