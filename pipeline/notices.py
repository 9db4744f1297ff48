"""Stage 6: documents whose text is published -> distinct notices, and the license texts that travel with them."""

from __future__ import annotations

from pathlib import Path

from datatrove.pipeline.writers import JsonlWriter

from seedbed.core.runs.job import DOCUMENTS, REJECTED, StageJob
from seedbed.core.runs.keys import Stage
from seedbed.core.runs.stage import Tick, reader, run_stage
from seedbed.data.notices.merge import MergeNotices, SpreadNotices

from . import dedup

STAGE = Stage("notices", __name__, after=(dedup.STAGE,))
MERGED = "merged"
"""Folder of what package publishes."""


def run(job: StageJob) -> None:
    """Join notices by source, then over tasks. Rejected files with a text of their own have notices too."""
    rejected = [*job.before("clean", REJECTED).glob("[0-9]*"), *job.before("dedup", REJECTED).glob("[0-9]*")]
    folders = [job.before("dedup", DOCUMENTS), *sorted(folder for folder in rejected if _has_documents(folder))]
    writer = JsonlWriter(str(job.folder("spread")), "${bucket}/${rank}.jsonl", compression="zstd")
    run_stage(job, "notices-1-spread", [*map(reader, folders), Tick(), SpreadNotices(), writer])
    merge = MergeNotices(job.folder("spread"), str(job.before("ingest", "legal")), job.folder(MERGED))
    run_stage(job, "notices-2-merge", [merge])


def _has_documents(folder: Path) -> bool:
    return any(folder.rglob("*.jsonl.zst"))
