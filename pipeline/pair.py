"""Stage 3: files -> clusters of exact and near copies."""

from __future__ import annotations

from seedbed.core.runs.job import DOCUMENTS, REJECTED, StageJob
from seedbed.core.runs.keys import Stage
from seedbed.data.dedup import Clusters, Gather, Pairs, Signatures

from . import clean

STAGE = Stage("pair", __name__, reads=("near_duplicates",), after=(clean.STAGE,))
_NO_NEAR_PAIRS = -1


def run(job: StageJob) -> None:
    """Sign, pair, cluster. Files that the license filter rejected are signed too: a rejected copy rejects its cluster."""
    from seedbed.core.runs.stage import Tick, reader, run_stage

    near = job.recipe.near_duplicates
    folder = str(job.folder("signatures"))
    signing = [
        reader(job.before("clean", DOCUMENTS)),
        *(reader(path) for path in sorted(job.before("clean", REJECTED).glob("*-license"))),
        Tick(),
        Signatures(folder),
    ]
    run_stage(job, "dedup-1-sign", signing)
    run_stage(job, "dedup-2-gather", [Gather(folder)], tasks=1)
    run_stage(job, "dedup-3-pair", [Pairs(folder, near.max_distance if near.enabled else _NO_NEAR_PAIRS)])
    run_stage(job, "dedup-4-cluster", [Clusters(folder, str(job.folder("duplicates")))], tasks=1)
