"""Stage 3: of files that are equal, or nearly, one copy; none where a copy's license forbids it."""

from __future__ import annotations

from seedbed.core.runs.stage import Tick, reader, rejecting, run_stage, writer
from seedbed.core.runs.workspace import Job
from seedbed.data.dedup import Clusters, DuplicatesFilter, Gather, Pairs, Signatures

_NO_NEAR_PAIRS = -1
FILTER = DuplicatesFilter
REASONS = {"exact_dedup": "duplicate:exact", "near_dedup": "duplicate:near"}
"""What can be left out of this stage for an ablation, and the reason that then takes no file out."""


def run(job: Job) -> None:
    """Sign, pair, cluster, filter. Files that the license filter refused are signed too: they speak for their kin."""
    near = job.recipe.near_duplicates
    folder = str(job.folder("dedup"))
    refused = job.work / "rejected" / "2-clean"
    signing = [
        reader(job.folder("clean")),
        *(reader(path) for path in sorted(refused.glob("*-license"))),
        Tick(),
        Signatures(folder),
    ]
    run_stage(job, "dedup-1-sign", signing)
    run_stage(job, "dedup-2-gather", [Gather(folder)], tasks=1)
    run_stage(job, "dedup-3-pair", [Pairs(folder, near.max_distance if near.enabled else _NO_NEAR_PAIRS)])
    run_stage(job, "dedup-4-cluster", [Clusters(folder, str(job.folder("duplicates")))], tasks=1)
    spared = [REASONS[name] for name in REASONS if name in job.without]
    gate = [reader(job.folder("clean")), Tick(), FILTER(folder, spared), writer(job.folder("kept"))]
    run_stage(job, "dedup-5-filter", rejecting(gate, job.work / "rejected" / "3-dedup"))
