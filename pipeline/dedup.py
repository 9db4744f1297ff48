"""Stage 4: one copy of each cluster of duplicates; none if the license of a copy forbids it."""

from __future__ import annotations

from seedbed.core.runs.job import DOCUMENTS, REJECTED, StageJob
from seedbed.core.runs.keys import Stage
from seedbed.data.dedup import DuplicatesFilter

from . import pair

FILTER = DuplicatesFilter
REASONS = {"exact_dedup": "duplicate:exact", "near_dedup": "duplicate:near"}
"""Filters that an ablation can leave out of this stage, and the reason that each gives."""
STAGE = Stage("dedup", __name__, after=(pair.STAGE,), filters=tuple(REASONS))


def run(job: StageJob) -> None:
    """Keep one copy of each cluster."""
    from seedbed.core.runs.stage import Tick, reader, rejecting, run_stage, writer

    spared = [REASONS[name] for name in job.without]
    deduplicate = FILTER(str(job.before("pair", "signatures")), spared)
    steps = [reader(job.before("clean", DOCUMENTS)), Tick(), deduplicate, writer(job.folder(DOCUMENTS))]
    run_stage(job, "dedup-5-filter", rejecting(steps, job.work / REJECTED))
