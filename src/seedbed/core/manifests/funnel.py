"""Where files come from and where they go: sources, and the stages of the funnel with every file accounted for."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from seedbed.core.manifests.base import Facts


class SourceFacts(Facts):
    """One source of the recipe: files read from it, files kept, entries passed over by kind, or the error that took it out."""

    id: str
    kind: str
    url: str
    version: str
    archive_sha256: str | None = None
    archive_bytes: int | None = None
    release_date: str | None = None
    files: int = 0
    kept: int = 0
    skipped: dict[str, int] = Field(default_factory=dict)
    error: str | None = None


class Block(Facts):
    """One filter of the funnel; `reasons` counts the files it took out, and accounts for every one of them.

    `meaning` is what passes; `words` has a sentence for each reason, or for the word before its colon.
    """

    name: str
    meaning: str
    files_in: int
    bytes_in: int
    files_out: int
    bytes_out: int
    reasons: dict[str, int] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)


class Stage(Facts):
    """A stage and its blocks, in the order in which they ran."""

    name: str
    blocks: tuple[Block, ...]


def leaks(stages: tuple[Stage, ...], files: int) -> Iterator[str]:
    """Places where files vanish unexplained between the first block and the `files` that are published."""
    before: int | None = None
    for stage in stages:
        for block in stage.blocks:
            where = f"{stage.name}/{block.name}"
            if before is not None and block.files_in != before:
                yield f"{where}: {block.files_in} files in, but the block before it let {before} through"
            if block.files_in - block.files_out != sum(block.reasons.values()):
                yield f"{where}: {block.files_in - block.files_out} files gone, {sum(block.reasons.values())} explained"
            before = block.files_out
    if before is not None and before != files:
        yield f"published: {files} files, but the last block let {before} through"
