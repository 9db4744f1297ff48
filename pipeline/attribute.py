"""Stage 5: kept documents -> their tokens, for the index that says where a completion was seen before."""

from __future__ import annotations

from seedbed.core.runs.job import DOCUMENTS, StageJob
from seedbed.core.runs.keys import Stage
from seedbed.core.runs.stage import Tick, reader, run_stage, writer
from seedbed.data.attribution.build import Strip

from . import dedup

STAGE = Stage("attribute", __name__, after=(dedup.STAGE,))


def run(job: StageJob) -> None:
    """Strip every kept text of what is no token; package writes the index."""
    run_stage(job, "attribution", [reader(job.before("dedup", DOCUMENTS)), Tick(), Strip(), writer(job.folder(DOCUMENTS))])
