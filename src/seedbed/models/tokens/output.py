"""The folder of tokens: written whole from what the stages left, recognised when it is there already, told in a few lines."""

from __future__ import annotations

import shutil
from pathlib import Path

from seedbed.core.errors import InputError
from seedbed.core.io.atomic import new_folder
from seedbed.models.tokens.job import TokenJob
from seedbed.models.tokens.manifest import TRAIN, VALIDATION, TokensManifest
from seedbed.models.tokens.summary import describe
from seedbed.models.tokens.tokenizer import REPORT_FILE, report_lines


def write(job: TokenJob, epochs: dict[str, float]) -> None:
    """Put tokenizer, tokens and report in their place, with the manifest.

    Args: epochs: how often each language is read, which the manifest records.
    """
    with new_folder(job.out) as draft:
        shutil.copytree(job.folder("tokenizer"), draft / "tokenizer")
        for split in (TRAIN, VALIDATION):
            shutil.copytree(job.folder("tokens", split), draft / split)
        shutil.copy(job.folder("report") / REPORT_FILE, draft)
        describe(job, draft, epochs).save(draft)


def is_done(job: TokenJob) -> bool:
    """Whether the folder of tokens is there already, made of the same things."""
    try:
        return TokensManifest.load(job.out).key == job.key
    except InputError:
        return False


def drop_work(job: TokenJob, keep: Path | None = None) -> None:
    """Remove intermediate files, those of other states of the recipe too."""
    for path in job.home.iterdir():
        if path.is_dir() and path != keep:
            shutil.rmtree(path)


def report(job: TokenJob, tokens: TokensManifest) -> str:
    """Tokens of each split and the tokenizer's measures, as lines for a terminal."""
    splits = [f"{split}: {tokens.tokens[split]:,} tokens of {tokens.bytes[split] / 1e6:.1f} MB" for split in tokens.tokens]
    return "\n".join((*splits, "", *report_lines(job.out), "", f"tokens: {job.out}"))
