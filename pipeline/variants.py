"""The two datasets of an ablation: as the recipe says, and without one filter; what the filter does not touch is shared."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.runs.workspace import Job, claimed
from seedbed.data.filters.complexity import ComplexityFilter
from seedbed.data.filters.credentials import CredentialFilter
from seedbed.data.filters.generated import GeneratedFilter
from seedbed.data.filters.language import LanguageFilter
from seedbed.data.filters.license.filters import LicenseFilter
from seedbed.data.filters.shape import ShapeFilter
from seedbed.data.filters.syntax import SyntaxFilter
from seedbed.evaluation.ablation.report import ALL

from . import clean, dedup, ingest

STAGES: Final = (ingest, clean, dedup)
FILTERS: Final = (
    (ShapeFilter.name,),
    (
        *(LanguageFilter.name, GeneratedFilter.name, CredentialFilter.name, LicenseFilter.name),
        *(SyntaxFilter.name, ComplexityFilter.name),
    ),
    tuple(dedup.REASONS),
)
"""What can be left out, by stage and in the order of the work."""

_FILES: Final = (
    ("ingest", "legal", "rejected/1-ingest", "sources.json", "logs/ingest"),
    ("clean", "rejected/2-clean", "logs/clean"),
    ("dedup", "duplicates", *(f"logs/dedup-{step}" for step in ("1-sign", "2-gather", "3-pair", "4-cluster"))),
)
"""What each stage leaves; of the last one all that does not go by which copies are spared. Logs say that a stage is done."""


def names() -> list[str]:
    """Every filter that can be left out."""
    return [name for stage in FILTERS for name in stage]


def left_out(name: str) -> tuple[str, ...]:
    """The filters that an ablation leaves out; for `all` every one, but files keep to the recipe's languages.

    Raises: InputError for a name that is none.
    """
    if name == ALL:
        return tuple(one for one in names() if one != LanguageFilter.name)
    if name not in names():
        raise InputError(f"FILTER {name}: no such filter. Allowed: {', '.join(names())}, or {ALL}.")
    return (name,)


def make(job: Job, name: str, place: Path) -> Job:
    """Run the pipeline as the recipe says and without the filter, each going on where it stopped. Returns: the second job.

    Args: job: of the recipe, in its usual place; place: where the second one works.
    """
    other = replace(job, build=place, without=left_out(name))
    with claimed(job):
        for stage in STAGES:
            stage.run(job)
        with claimed(other):
            share(job, other)
            for stage in STAGES:
                stage.run(other)
    return other


def share(done: Job, other: Job) -> None:
    """Copy what stages wrote that the filters left out do not touch; a stage that the other job has done itself stays."""
    for path in _untouched(other.without):
        source, target = done.work / path, other.work / path
        if source.is_dir() and not (other.work / path / "completions").is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _untouched(without: tuple[str, ...]) -> Iterator[str]:
    """Paths below a work folder: those of all stages before the first that has a filter left out, and what of it is earlier."""
    for filters, files in zip(FILTERS, _FILES, strict=True):
        if {*filters} & {*without}:
            yield from files if filters == tuple(dedup.REASONS) else ()
            return
        yield from files
