"""Stage 1 of a model: a dataset -> a tokenizer, and its files as tokens, project by project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import copytree

from datatrove.pipeline.writers import JsonlWriter

from seedbed.core.config.recipe import part_of
from seedbed.core.config.training import load_train_recipe
from seedbed.core.errors import InputError
from seedbed.core.io.files import held
from seedbed.core.io.process import cores
from seedbed.core.runs.job import TASKS_PER_WORKER
from seedbed.core.runs.keys import Stage
from seedbed.core.runs.stage import Tick, run_stage
from seedbed.models.tokens import sampling, token_job
from seedbed.models.tokens.corpus import BUCKETS, Buckets, Corpus, Spread, splits_of
from seedbed.models.tokens.manifest import TRAIN, VALIDATION, TokensManifest, refuse_too_few
from seedbed.models.tokens.packing import FimSettings
from seedbed.models.tokens.token_files import Groups, GroupTokenizer
from seedbed.models.tokens.token_job import TokenJob, bytes_by_language, dataset_facts
from seedbed.models.tokens.tokenizer import MeasureTokenizer, SampleDocuments, TrainTokenizer

STAGE = Stage("tokenize", __name__, reads=("name", "dataset", "tokenizer", "data", "seed", "model.context"))
_TEST = "test"
_SHARD_BYTES = 8 << 20
"""Text in one token file, about; the number of files depends on the data alone."""
_SPAN_CHARACTERS_A_TOKEN = 2
"""A span cut for filling in the middle takes about two thirds of a window: a token is about three characters of code."""


def make_job(recipe_path: Path) -> TokenJob:
    """The job of a training recipe. Raises: RecipeError, InputError."""
    workers, recipe = cores(), load_train_recipe(recipe_path)
    tasks = workers * TASKS_PER_WORKER
    return TokenJob(STAGE, recipe, dataset_facts(recipe.dataset), Path("build").resolve(), tasks, workers)


def run(job: TokenJob) -> TokensManifest:
    """Read, train the tokenizer, pack, tokenise, report. Nothing of it where the same tokens are there already."""
    with held(job.home, option="build", busy=f"another run of {job.recipe.name} is at work there. Allowed: one at a time."):
        if not token_job.is_done(job):
            token_job.drop_work(job, keep=job.work)
            make(replace(job, recipe=part_of(job.recipe, STAGE.reads)))
            token_job.drop_work(job)
        tokens = TokensManifest.load(job.out).model_copy(update={"recipe_sha256": job.recipe.sha256})
        tokens.save(job.out)
    refuse_too_few(job.recipe, tokens)
    return tokens


def make(job: TokenJob) -> None:
    """All stages, going on where an earlier run of the same job stopped; its recipe is the part that decides the tokens.

    Raises: InputError when a split is empty.
    """
    sizes = {split: gather(job, split) for split in (TRAIN, VALIDATION, _TEST)}
    for split in (TRAIN, VALIDATION):
        if not sizes[split]:
            raise InputError(f"{job.recipe.name}: dataset: the split {split} is empty. Allowed: one with text in every row.")
    data = job.recipe.data
    epochs = sampling.epochs(sizes[TRAIN], data.language_temperature, data.language_epochs_max)
    train_tokenizer(job, sizes[TRAIN])
    pack(job, TRAIN, epochs, sizes[TRAIN])
    pack(job, VALIDATION, dict.fromkeys(sizes[VALIDATION], 1.0), sizes[VALIDATION])
    measure(job)
    token_job.write(job, epochs)


def gather(job: TokenJob, split: str) -> dict[str, int]:
    """Put the files of a split into the buckets of their projects. Returns: bytes of each language."""
    if split not in splits_of(job.choice):
        return {}
    counts = job.folder("counts", split)
    writer = JsonlWriter(str(job.folder("files", split)), "${bucket}/${rank}.jsonl", compression="zstd")
    run_stage(job, f"read {split}", [Corpus(job.choice, split), Tick(), Spread(counts), writer])
    return bytes_by_language(counts)


def train_tokenizer(job: TokenJob, sizes: dict[str, int]) -> None:
    """Train on a sample of the training split that is balanced over languages; or take the job's own."""
    recipe = job.recipe
    if job.tokenizer is not None:
        copytree(job.tokenizer, job.folder("tokenizer"), dirs_exist_ok=True)
        return
    wanted = recipe.tokenizer.sample_bytes
    sample = SampleDocuments(sampling.balanced(sizes, wanted), recipe.seed)
    trainer = TrainTokenizer(job.folder("tokenizer"), recipe.tokenizer.vocabulary_size, wanted, recipe.model.context)
    run_stage(job, "tokenizer", [Buckets(job.folder("files", TRAIN)), sample, Tick(), trainer], tasks=1)


def pack(job: TokenJob, split: str, epochs: dict[str, float], sizes: dict[str, int]) -> None:
    """Token files of a split, one a task; filling in the middle is for training alone."""
    recipe, data = job.recipe, job.recipe.data
    rate = data.fim_rate if split == TRAIN else 0.0
    middle = FimSettings(rate, data.fim_spm_rate, recipe.model.context * _SPAN_CHARACTERS_A_TOKEN, recipe.seed)
    tokenizer = job.folder("tokenizer") / "tokenizer.json"
    steps = [
        Buckets(job.folder("files", split)),
        Tick(),
        Groups(epochs, recipe.seed),
        GroupTokenizer(job.folder("tokens", split), tokenizer, middle, job.folder("packed", split)),
    ]
    shards = min(BUCKETS, max(1, sum(sizes.values()) // _SHARD_BYTES))
    run_stage(job, f"pack {split}", steps, tasks=shards)


def measure(job: TokenJob) -> None:
    """Bytes per token on the test split, which neither the tokenizer nor the model has seen."""
    step = MeasureTokenizer(job.folder("tokenizer"), _TEST, job.folder("report"))
    run_stage(job, "report", [Buckets(job.folder("files", _TEST)), Tick(), step], tasks=1)
