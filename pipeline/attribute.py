"""Stage 4: kept documents -> their tokens, for the index that says where a completion was seen before."""

from __future__ import annotations

from seedbed.core.runs.stage import Tick, reader, run_stage, writer
from seedbed.core.runs.workspace import Job
from seedbed.data.attribution.build import Strip


def run(job: Job) -> None:
    """Strip every kept text of what is no token; package writes the index."""
    run_stage(job, "attribution", [reader(job.work / "kept"), Tick(), Strip(), writer(job.folder("attribution"))])
