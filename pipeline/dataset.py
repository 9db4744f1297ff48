"""All stages of a dataset, in their order."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from seedbed.core.errors import printable
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.runs.job import Job, StageJob, claimed
from seedbed.core.text.formatting import plural, size
from seedbed.publishing import rejections

from . import attribute, clean, dedup, ingest, notices, package, pair

STAGES = {
    "ingest": ingest,
    "clean": clean,
    "pair": pair,
    "dedup": dedup,
    "attribute": attribute,
    "notices": notices,
    "package": package,
}
_SHOWN = 12  # names on one line


def build(job: Job, until: str | None = None) -> None:
    """Make the dataset folder, continuing where an earlier run of the same job stopped, and print a summary.

    Args: until: the last stage to run; None runs all of them.
    """
    with claimed(job):
        last = run(job, until)
    if until in {None, "package"}:
        report(job, Manifest.load(job.out))
    else:
        sys.stdout.write(f"stopped after {until}: {last.work}\n")


def run(job: Job, until: str | None = None) -> StageJob:
    """Run the stages, each going on where an earlier run stopped. Returns: the last one."""
    planned = ingest.plan(job)
    for name, stage in STAGES.items():
        started = job.start(stage.STAGE)
        if stage is ingest:
            ingest.run(started, planned)
        else:
            stage.run(started)
        if name == until:
            break
    return started


def report(job: Job, manifest: Manifest) -> None:
    """Print the funnel, where the dataset is, and how to load it."""
    lines = list(_funnel(manifest))
    total = manifest.contents.total
    split_words = ", ".join(f"{name} {amount.files:,}" for name, amount in manifest.contents.splits.items())
    broken = sum(1 for source in manifest.sources if source.error)
    lines += [
        "",
        f"{plural(total.files, 'file')}, {size(total.bytes)}, {plural(total.projects, 'project')} ({split_words})",
        *([f"{plural(broken, 'source')} could not be read: see manifest.json"] if broken else []),
        *_barren(manifest),
        f"dataset: {job.out}",
        f'load it: datasets.load_dataset("{job.out}")',
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _barren(manifest: Manifest) -> Iterator[str]:
    """A line on the sources that were read and of which nothing is in the dataset."""
    names = [printable(source.id) for source in manifest.sources if not source.error and not source.kept]
    if names:
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        yield f"no file of {plural(len(names), 'source')} was kept: {', '.join(names[:_SHOWN])}{more}"


def _funnel(manifest: Manifest) -> Iterator[str]:
    """A heading, then a line a block with the three kinds of reason that took most files."""
    known = rejections.sentences(manifest)
    yield f"{'stage':<8}{'block':<18}{'files in':>8}{'out':>8}{'MB out':>8}  most frequent reasons"
    for stage in manifest.stages:
        for block in stage.blocks:
            kinds: Counter[str] = Counter()
            for reason, files in block.reasons.items():
                kinds[rejections.kind(reason, known)] += files
            top = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))[:3]
            counts = f"{block.files_in:>8,}{block.files_out:>8,}{_megabytes(block.bytes_out):>8}"
            reasons = ", ".join(f"{kind} {files:,}" for kind, files in top)
            yield f"{stage.name:<8}{block.name:<18}{counts}  {reasons}".rstrip()


def _megabytes(size_bytes: int) -> str:
    """One digit behind the point; more where there would be nothing else to see."""
    return f"{size_bytes / 1e6:.1f}" if size_bytes >= 50_000 or not size_bytes else f"{size_bytes / 1e6:.4f}"
