"""Stage 1: source archives -> documents with provenance."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from seedbed.core.config.recipe import Recipe
from seedbed.core.errors import SeedbedError
from seedbed.core.io.progress import Bar, say
from seedbed.core.runs.filters import Filter, limits_of
from seedbed.core.runs.job import DOCUMENTS, REJECTED, Job, StageJob
from seedbed.core.runs.keys import Stage
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.filters.shape import DecodeFilter, ShapeFilter

if TYPE_CHECKING:
    from seedbed.data.sources.plan import Planned

FILTERS: tuple[type[Filter], ...] = (DecodeFilter, ShapeFilter)
"""Filters that need no parsing."""

STAGE = Stage(
    "ingest",
    __name__,
    reads=("sources", *(f"limits.{limit.key}" for limit in limits_of(FILTERS))),
    filters=tuple(each.name for each in FILTERS),
)


def filters(recipe: Recipe, without: Collection[str] = ()) -> list[Filter]:
    """The filters of this stage, some left out for an ablation."""
    return [each.from_recipe(recipe, "") for each in FILTERS if each.name not in without]


def plan(job: Job) -> list[Planned]:
    """Fetch the sources, and write down what each of them is."""
    from seedbed.data.sources.download import default_cache
    from seedbed.data.sources.plan import make_plan

    with Bar("fetch", None, "byte") as bar:
        planned = make_plan(
            job.recipe.sources,
            job.recipe_path,
            default_cache(),
            job.recipe.limits.archives,
            strict=job.strict,
            progress=bar.update,
        )
    for source in planned:
        if source.error:
            say(f"left out: {source.error}")
    for project in sorted(job.recipe.splits.pins.keys() - {source.facts()["project"] for source in planned}):
        say(f"{job.recipe_path.name}: splits.pins: {project}: no such project among the sources.")
    job.remember_sources(json.dumps([source.facts() for source in planned], indent=1))
    return planned


def run(job: StageJob, planned: Sequence[Planned]) -> None:
    """Read every source. Raises: SeedbedError when the sources have no file."""
    from seedbed.core.runs.stage import Tick, rejecting, run_stage, writer
    from seedbed.data.sources.plan import SourceReader

    total = sum(source.survey.files for source in planned if source.survey)
    if not total:
        raise SeedbedError(f"{job.recipe_path.name}: sources: no file in any of them.")
    steps = [
        SourceReader(planned, job.recipe.limits["max_bytes"]),
        Tick(),
        LegalFiles(str(job.folder("legal")), {source.identity: source.survey.links for source in planned if source.survey}),
        *filters(job.recipe, job.without),
        writer(job.folder(DOCUMENTS)),
    ]
    run_stage(job, "ingest", rejecting(steps, job.work / REJECTED), total=total)
