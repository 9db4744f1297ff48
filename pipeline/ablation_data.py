"""The data of an ablation as tokens: one tokenizer, trained on the filtered dataset, for both variants."""

from __future__ import annotations

from pathlib import Path

from seedbed.core.config.training import DatasetChoice
from seedbed.evaluation.ablation import runs
from seedbed.evaluation.ablation.job import AblationJob, TokenizedSide
from seedbed.evaluation.ablation.variants import Side, WrittenSide, write_sides
from seedbed.models.tokens.manifest import TRAIN, DatasetFacts
from seedbed.models.tokens.token_job import TokenJob

from . import tokenize


def build(job: AblationJob, kept: Side, without: Side) -> tuple[TokenizedSide, TokenizedSide]:
    """Both sides as tokens. Raises: InputError when the filter takes no training file out."""
    first, second = write_sides(job, kept, without)
    tokens = tokenized(job, first, None)
    return tokens, tokenized(job, second, tokens.tokens / runs.TOKENIZER)


def tokenized(job: AblationJob, side: WrittenSide, tokenizer: Path | None) -> TokenizedSide:
    """One side as tokens; a tokenizer is trained on it where none is given."""
    choice = DatasetChoice(path=side.folder.as_posix())
    recipe = job.train.model_copy(update={"name": f"{job.train.name}-{side.name}", "dataset": choice})
    facts = DatasetFacts(path=choice.path, manifest_sha256=side.sha256)
    work = TokenJob(tokenize.STAGE, recipe, facts, job.work, job.data.tasks, job.data.workers, tokenizer)
    made = tokenize.run(work)
    return TokenizedSide(side.arm.model_copy(update={"tokens": made.tokens[TRAIN]}), work.out, recipe)
