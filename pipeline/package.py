"""Stage 7: kept documents -> splits, parquet, index, manifest, plots, card: the dataset folder as the Hub will have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from seedbed import __version__
from seedbed.core.config.recipe import Recipe
from seedbed.core.errors import InputError, ManifestError
from seedbed.core.io.files import file_sha256, files_sha256, new_folder, write_atomic
from seedbed.core.manifests import ablation, integrity
from seedbed.core.manifests.ablation import Ablation
from seedbed.core.manifests.base import RecipeFacts, Software
from seedbed.core.manifests.columns import REJECTED
from seedbed.core.manifests.dataset import Manifest, Notices
from seedbed.core.manifests.scores import Measurement, read_measurement
from seedbed.core.runs.job import DOCUMENTS, StageJob, check_out, commit, public_path
from seedbed.core.runs.keys import Stage
from seedbed.data.attribution.index import description
from seedbed.data.attribution.layout import FOLDER
from seedbed.data.dataset import stage_outputs, statistics, tables
from seedbed.data.dataset.distributions import bounds
from seedbed.data.dataset.tables import Row, write_table
from seedbed.data.dedup import DUPLICATES
from seedbed.data.filters.license.filters import policy_facts
from seedbed.data.notices.check import check
from seedbed.data.notices.publish import write_tables
from seedbed.publishing import plots
from seedbed.publishing.cards import dataset_card, notice_page, templates

from . import attribute, filters, notices

STAGE = Stage("package", __name__, reads=tuple(Recipe.model_fields), after=(attribute.STAGE, notices.STAGE))
_MARK = "made.txt"


def run(job: StageJob) -> None:
    """Write the dataset folder, whole or not at all. Raises: InputError when no file was kept."""
    if _is_done(job):
        return
    check_out(job.out)
    kept = tables.samples(job.before("dedup", DOCUMENTS), job.recipe.splits)
    if not kept:
        raise InputError(f"{job.recipe_path.name}: no file was kept. The reasons are in {job.before('dedup')}.")
    with new_folder(job.out) as draft:
        tables.write_samples(kept, filters.SAMPLE, draft / "data", job.recipe.output)
        rejected = list(stage_outputs.rejected_rows(job.earlier))
        write_table(rejected, REJECTED, draft / "rejected", "rejected", job.recipe.output)
        duplicates = list(stage_outputs.read(job.before("pair", "duplicates")))
        write_table(duplicates, DUPLICATES, draft / "duplicates", "duplicates", job.recipe.output)
        tables.write_index(job.before("attribute", DOCUMENTS), len(kept), draft / FOLDER)
        written = write_tables(job.before("notices", notices.MERGED), draft)
        notice_page.write(job.recipe.title, written, draft)
        check(draft)
        _explain(job, kept, rejected, draft, written)
    write_atomic(job.folder() / _MARK, _made_of(job))


def _explain(job: StageJob, kept: Sequence[Row], rejected: Sequence[Row], draft: Path, written: Notices) -> None:
    """Manifest, plots and pages, all from the same facts; the manifest comes last and names every file."""
    recipe = job.recipe
    limits = recipe.limits.model_dump(mode="json")
    manifest = Manifest(
        name=recipe.name,
        title=recipe.title,
        description=recipe.description,
        contact=recipe.contact,
        repository=recipe.output.repository,
        recipe=RecipeFacts(path=public_path(job.recipe_path), sha256=recipe.sha256, data=recipe.meaning),
        seedbed=Software(version=__version__, commit=commit()),
        versions=dict(job.versions),
        sources=tuple(stage_outputs.source_facts(job.sources, kept)),
        stages=tuple(stage_outputs.funnel(job.earlier, rejected, kept, limits)),
        evaluations=tuple(_evaluations(job)),
        ablations=_ablations(job),
        license_policy=policy_facts(recipe),
        contents=statistics.describe(draft, filters.SAMPLE, bounds(filters.LIMITS, limits)),
        columns=filters.TABLES,
        files=statistics.parquet_files(draft),
        attribution=description(draft / FOLDER),
        notices=written,
        timing=stage_outputs.timing(job.earlier),
    )
    manifest = manifest.model_copy(update={"pictures": plots.draw(manifest, draft)})
    dataset_card.write_pages(manifest, draft)
    integrity.seal(manifest, draft)


def _evaluations(job: StageJob) -> Iterator[Measurement]:
    for name in job.recipe.evidence:
        path = job.recipe_path.parent / name
        yield read_measurement(path, public_path(path))


def _ablations(job: StageJob) -> tuple[Ablation, ...]:
    """What ablations of this recipe found: build/ablations/<name>/report.json."""
    return tuple(ablation.of_recipe(job.build / "ablations", job.recipe.sha256))


def _is_done(job: StageJob) -> bool:
    """Whether the folder in place is what this very stage made, of the same words and reports."""
    try:
        integrity.verify(job.out)
        return (job.work / _MARK).read_text(encoding="utf-8") == _made_of(job)
    except (OSError, ManifestError):
        return False


def _made_of(job: StageJob) -> str:
    """Hashes of the manifest in place, and what it tells that no stage made: words, evidence, ablations, the recipe's path."""
    words = [path for path in templates.cards_folder().rglob("*") if path.is_file()]
    blocks = [stage_outputs.blocks_file(folder) for folder in job.earlier.values()]
    evidence = [job.recipe_path.parent / name for name in job.recipe.evidence]
    reports = [report.model_dump_json() for report in _ablations(job)]
    files = files_sha256([*words, *filter(Path.is_file, blocks), *evidence])
    return "\n".join((file_sha256(job.out / "manifest.json"), files, public_path(job.recipe_path), *reports))
