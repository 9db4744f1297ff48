"""Stage 2: documents -> documents in a wanted language, written by hand, under an allowed license, that parse and stay simple."""

from __future__ import annotations

from collections.abc import Collection

from seedbed.core.config.recipe import Recipe
from seedbed.core.runs.filters import Filter, limits_of
from seedbed.core.runs.job import DOCUMENTS, REJECTED, StageJob
from seedbed.core.runs.keys import Stage
from seedbed.core.text import credentials
from seedbed.data.filters.complexity import ComplexityFilter
from seedbed.data.filters.credentials import CredentialFilter
from seedbed.data.filters.fingerprints import Fingerprints
from seedbed.data.filters.generated import GeneratedFilter
from seedbed.data.filters.language import LanguageFilter
from seedbed.data.filters.license.filters import LicenseCollector, LicenseFilter
from seedbed.data.filters.syntax import SyntaxFilter
from seedbed.data.notices.collector import NoticeCollector

from . import ingest

FILTERS: tuple[type[Filter], ...] = (
    LanguageFilter,
    GeneratedFilter,
    CredentialFilter,
    LicenseCollector,
    Fingerprints,
    LicenseFilter,
    NoticeCollector,
    SyntaxFilter,
    ComplexityFilter,
)
"""Cheapest first; licenses are collected and fingerprints taken before `LicenseFilter`, as refused copies count in stage 3.

Notices are collected of what may be published, and before the filters whose rejected files keep their text."""

STAGE = Stage(
    "clean",
    __name__,
    reads=("languages", "license", *(f"limits.{limit.key}" for limit in limits_of(FILTERS))),
    after=(ingest.STAGE,),
    filters=tuple(each.name for each in FILTERS),
)


def filters(recipe: Recipe, legal: str, without: Collection[str] = ()) -> list[Filter]:
    """The filters of this stage, some left out for an ablation. Without `language` every language passes, and is named.

    Args: legal: folder of the license files and manifests.
    """
    made = [each.from_recipe(recipe, legal) for each in FILTERS if each.name not in without]
    return [LanguageFilter(languages=None), *made] if LanguageFilter.name in without else made


def prepare() -> None:
    """Load once what all workers share, before they fork."""
    from seedbed.data.filters.license import detect  # scancode's modules, which `seedbed inspect` seldom needs

    credentials.preload()
    detect.preload()


def run(job: StageJob) -> None:
    """Judge every document."""
    from seedbed.core.runs.stage import Tick, reader, rejecting, run_stage, writer

    steps = [
        reader(job.before("ingest", DOCUMENTS)),
        Tick(),
        *filters(job.recipe, str(job.before("ingest", "legal")), job.without),
        writer(job.folder(DOCUMENTS)),
    ]
    run_stage(job, "clean", rejecting(steps, job.work / REJECTED), prepare=prepare)
