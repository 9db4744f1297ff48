"""All stages of a dataset, in their order: what `make dataset` and `seedbed dataset` run."""

from __future__ import annotations

import argparse
import sys

from seedbed.manifest import Manifest, load
from seedbed.workspace import Job, claimed

from . import clean, dedup, ingest, package
from .run import make_job

STAGES = (ingest, clean, dedup, package)


def command(arguments: argparse.Namespace) -> None:
    """`seedbed dataset RECIPE`."""
    job = make_job(arguments)
    with claimed(job):
        run(job)
    report(job, load(job.out))


def run(job: Job) -> None:
    """Make the dataset folder, going on where an earlier run of the same job stopped."""
    for stage in STAGES:
        stage.run(job)


def report(job: Job, manifest: Manifest) -> None:
    """Print the funnel, where the dataset is, and how to load it."""
    lines = [f"{'stage':<10}{'block':<14}{'files in':>10}{'out':>10}{'MB out':>9}  most frequent reasons"]
    for stage in manifest.stages:
        for block in stage.blocks:
            top = sorted(block.reasons.items(), key=lambda item: (-item[1], item[0]))[:3]
            words = ", ".join(f"{reason} {count:,}" for reason, count in top)
            counts = f"{block.files_in:>10,}{block.files_out:>10,}{block.bytes_out / 1e6:>9.1f}"
            lines.append(f"{stage.name:<10}{block.name:<14}{counts}  {words}")
    total = manifest.contents.total
    split_words = ", ".join(f"{name} {amount.files:,}" for name, amount in manifest.contents.splits.items())
    broken = sum(1 for source in manifest.sources if source.error)
    lines += [
        "",
        f"{total.files:,} files, {total.bytes / 1e6:.1f} MB, {total.projects} projects ({split_words})",
        *([f"{broken} sources could not be read: see manifest.json"] if broken else []),
        f"dataset: {job.out}",
        f'load it: datasets.load_dataset("{job.out}")',
    ]
    sys.stdout.write("\n".join(lines) + "\n")
