"""Stage 1: source archives -> documents with provenance."""

from __future__ import annotations

import json
from collections.abc import Collection

from datatrove.pipeline.base import PipelineStep

from seedbed.core.config.recipe import Recipe
from seedbed.core.errors import SeedbedError
from seedbed.core.io.progress import Bar
from seedbed.core.runs.filters import Filter
from seedbed.core.runs.stage import Tick, rejecting, run_stage, writer
from seedbed.core.runs.workspace import Job, drop_work
from seedbed.data.filters.license.legal_files import LegalFiles
from seedbed.data.filters.shape import DecodeFilter, ShapeFilter
from seedbed.data.sources.download import default_cache
from seedbed.data.sources.plan import Planned, SourceReader, make_plan

from .run import say

FILTERS: tuple[type[Filter], ...] = (DecodeFilter, ShapeFilter)
"""What a file must be before a filter looks inside it."""


def filters(recipe: Recipe, without: Collection[str] = ()) -> list[Filter]:
    """The filters of this stage, some left out for an ablation."""
    return [each.from_recipe(recipe, "") for each in FILTERS if each.name not in without]


def plan(job: Job) -> list[Planned]:
    """Fetch the sources, and write down what each of them is."""
    with Bar("fetch", None, "byte") as bar:
        planned = make_plan(
            job.recipe.sources,
            job.recipe_path,
            default_cache(),
            job.recipe.limits.archives,
            strict=job.strict,
            progress=bar.update,
        )
    for one in planned:
        if one.error:
            say(f"left out: {one.error}")
    for project in sorted(job.recipe.splits.pins.keys() - {one.facts()["project"] for one in planned}):
        say(f"{job.recipe_path.name}: splits.pins: {project}: no such project among the sources.")
    _remember(job, json.dumps([one.facts() for one in planned], indent=1))
    return planned


def _remember(job: Job, facts: str) -> None:
    """Write down what the sources are. A local one may have been edited since: then no earlier work counts."""
    path = job.folder() / "sources.json"
    if path.is_file() and path.read_text(encoding="utf-8") != facts:
        drop_work(job)
    (job.folder() / "sources.json").write_text(facts, encoding="utf-8")


def run(job: Job) -> None:
    """Read every source."""
    planned = plan(job)
    total = sum(one.survey.files for one in planned if one.survey)
    if not total:
        raise SeedbedError(f"{job.recipe_path.name}: sources: no file in any of them.")
    steps: list[PipelineStep] = [
        SourceReader(planned, job.recipe.limits["max_bytes"]),
        Tick(),
        LegalFiles(str(job.folder("legal")), {one.identity: one.survey.links for one in planned if one.survey}),
        *filters(job.recipe, job.without),
        writer(job.folder("ingest")),
    ]
    run_stage(job, "ingest", rejecting(steps, job.work / "rejected" / "1-ingest"), total=total)
