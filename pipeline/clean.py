"""Stage 2: documents -> documents that are source code, written by hand, under a license that allows it, and sound."""

from __future__ import annotations

from collections.abc import Collection

from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter

from seedbed.core.config.recipe import Recipe
from seedbed.core.runs.stage import Tick, reader, rejecting, run_stage, writer
from seedbed.core.runs.workspace import Job
from seedbed.core.text import credentials
from seedbed.data.filters.complexity import ComplexityGate
from seedbed.data.filters.credentials import SecretsGate
from seedbed.data.filters.fingerprints import Fingerprints
from seedbed.data.filters.generated import GeneratedGate
from seedbed.data.filters.language import LanguageBlock
from seedbed.data.filters.license import index
from seedbed.data.filters.license.gate import LicenseEvidenceBlock, LicenseGate
from seedbed.data.filters.syntax import SyntaxGate

from . import dedup
from .run import main

NEEDING_EVIDENCE = (LicenseGate.name, *dedup.FILTERS)
"""Filters that go by the license evidence: a copy that states its license is kept before one that does not."""


def blocks(recipe: Recipe, legal: str, without: Collection[str] = ()) -> list[BaseFilter]:
    """Cheapest first; evidence and fingerprints before the license gate, since a refused copy still speaks for its kin.

    Without the filter `language` documents are still told their language, which others go by.
    """
    limits = recipe.limits
    every: list[BaseFilter] = [
        LanguageBlock(languages=None if LanguageBlock.name in without else list(recipe.languages)),
        GeneratedGate(),
        SecretsGate(),
        LicenseEvidenceBlock(legal, timeout_s=recipe.license.timeout_seconds, max_bytes=recipe.license.max_bytes),
        Fingerprints(),
        LicenseGate(allow=list(recipe.license.allow)),
        SyntaxGate(max_error_ratio=limits.max_error_ratio),
        ComplexityGate(
            min_tokens=limits.min_tokens,
            max_cyclomatic=limits.max_cyclomatic,
            max_nesting=limits.max_nesting,
            max_function_lines=limits.max_function_lines,
            max_parameters=limits.max_parameters,
        ),
    ]
    idle = {*without} - {LanguageBlock.name} | ({LicenseEvidenceBlock.name} if {*NEEDING_EVIDENCE} <= {*without} else set())
    return [block for block in every if block.name not in idle]


def prepare() -> None:
    """Load once what all workers share, before they fork."""
    credentials.preload()
    index.preload()


def run(job: Job) -> None:
    """Judge every document."""
    steps: list[PipelineStep] = [
        reader(job.folder("ingest")),
        Tick(),
        *blocks(job.recipe, str(job.folder("legal")), job.without),
        writer(job.folder("clean")),
    ]
    run_stage(job, "clean", rejecting(steps, job.work / "rejected" / "2-clean"), prepare=prepare)


if __name__ == "__main__":
    main(run)
