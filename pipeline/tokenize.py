"""Stage 1 of a model: a dataset -> a tokenizer of its own, and its files as tokens, project by project."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.writers import JsonlWriter

from seedbed.digests import file_sha256
from seedbed.errors import InputError, SeedbedError
from seedbed.model import sampling
from seedbed.model.corpus import FolderCorpus, HubCorpus, Spread
from seedbed.model.packing import Middle
from seedbed.model.token_files import Groups, GroupTokenizer
from seedbed.model.token_job import TokenJob, dataset_facts, versions
from seedbed.model.tokenizer_step import TrainTokenizer
from seedbed.model.tokens import TRAIN, VALIDATION, LanguageFacts, Tokens, load, refuse_too_few, save
from seedbed.stage import Tick, run_stage
from seedbed.train_recipe import load_train_recipe

from .run import cores, say

_SHARD_BYTES = 8 << 20
_MOST_SHARDS = 64
_SPLITS = (TRAIN, VALIDATION, "test")


def run(job: TokenJob) -> Tokens:
    """Read, train the tokenizer, pack, tokenise; nothing where the same tokens are there already."""
    if is_done(job):
        tokens = load(job.out).model_copy(update={"recipe_sha256": job.recipe.sha256})
        save(tokens, job.out)
        return tokens
    for split in _SPLITS:
        gather(job, split)
    counts = {split: counted(job.folder("counts", split)) for split in _SPLITS}
    if not counts[TRAIN]:
        raise InputError(f"{job.recipe.name}: split {TRAIN} is empty. Allowed: a dataset with files in train and validation.")
    if not counts[VALIDATION]:
        raise InputError(
            f"{job.recipe.name}: split {VALIDATION} is empty. Allowed: a dataset with files in train and validation."
        )
    train_tokenizer(job, counts[TRAIN])
    times = sampling.epochs(counts[TRAIN], job.recipe.data.language_temperature)
    pack(job, TRAIN, times, sum(counts[TRAIN].values()))
    pack(job, VALIDATION, {}, sum(counts[VALIDATION].values()))
    return finish(job, times)


def gather(job: TokenJob, split: str) -> None:
    """The files of a split, put into the buckets of their projects."""
    choice = job.recipe.dataset
    reader: PipelineStep = HubCorpus(choice, split) if choice.id else FolderCorpus(choice.path or "", split, choice.text_column)
    name = "${bucket}/${rank}.jsonl"
    writer = JsonlWriter(str(job.folder("files", split)), name, compression="zstd")
    run_stage(job, f"gather-{split}", [reader, Tick(), Spread(str(job.folder("counts", split))), writer])


def train_tokenizer(job: TokenJob, available: dict[str, int]) -> None:
    """Train on a sample of the training split that is balanced over languages."""
    choice = job.recipe.tokenizer
    shares = sampling.balanced(available, choice.sample_bytes)
    step = TrainTokenizer(
        str(job.folder("files", TRAIN)),
        str(job.folder("tokenizer")),
        vocabulary_size=choice.vocabulary_size,
        context=job.recipe.model.context,
        shares=shares,
        seed=job.recipe.seed,
    )
    run_stage(job, "tokenizer", [step], tasks=1)


def pack(job: TokenJob, split: str, times: dict[str, float], size: int) -> None:
    """Token files of a split, one a shard; the validation split is left as it is."""
    data = job.recipe.data
    rate = data.fim_rate if split == TRAIN else 0.0
    middle = Middle(rate, data.fim_spm_rate, job.recipe.seed)
    shards = max(1, min(_MOST_SHARDS, size // _SHARD_BYTES))
    steps = [
        Groups(str(job.folder("files", split)), middle, times),
        GroupTokenizer(
            str(job.folder("tokens", split)),
            str(job.folder("tokenizer") / "tokenizer.json"),
            middle,
            str(job.folder("packed", split)),
        ),
    ]
    run_stage(job, f"tokenize-{split}", steps, tasks=shards)


def counted(folder: Path) -> dict[str, int]:
    """Bytes of each language of a split."""
    total: Counter[str] = Counter()
    for counts in read_json(folder):
        total.update({language: size for language, (_, size) in counts.items()})
    return dict(sorted(total.items()))


def read_json(folder: Path) -> Iterator[dict[str, Any]]:
    """What the tasks of a stage wrote down."""
    for path in sorted(folder.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


def finish(job: TokenJob, times: dict[str, float]) -> Tokens:
    """Say what was made, and put the folder in its place, whole or not at all."""
    draft = job.out.with_name(f".{job.out.name}.seedbed-draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    shutil.copytree(job.folder("tokenizer"), draft / "tokenizer")
    for split in (TRAIN, VALIDATION):
        shutil.copytree(job.folder("tokens", split), draft / split)
    tokens = describe(job, draft, times)
    refuse_too_few(job.recipe, tokens)
    save(tokens, draft)
    shutil.rmtree(job.out, ignore_errors=True)
    draft.rename(job.out)
    return tokens


def describe(job: TokenJob, folder: Path, times: dict[str, float]) -> Tokens:
    packed = {split: list(read_json(job.folder("packed", split))) for split in (TRAIN, VALIDATION)}
    languages: dict[str, list[int]] = {}
    for shard in packed[TRAIN]:
        for language, amounts in shard["languages"].items():
            languages[language] = [a + b for a, b in zip(languages.get(language, [0, 0]), amounts, strict=True)]
    return Tokens(
        key=job.key,
        dataset=job.dataset,
        recipe_sha256=job.recipe.sha256,
        vocabulary_size=job.recipe.tokenizer.vocabulary_size,
        token_bytes=2 if job.recipe.tokenizer.vocabulary_size <= 1 << 16 else 4,
        tokens={split: sum(shard["tokens"] for shard in shards) for split, shards in packed.items()},
        bytes={
            split: sum(size for shard in shards for _, size in shard["languages"].values()) for split, shards in packed.items()
        },
        languages={
            name: LanguageFacts(files=files, bytes=size, epochs=times[name]) for name, (files, size) in sorted(languages.items())
        },
        tokenizer_sha256=file_sha256(folder / "tokenizer" / "tokenizer.json"),
        versions=versions(),
    )


def is_done(job: TokenJob) -> bool:
    try:
        return load(job.out).key == job.key
    except InputError:
        return False


def main() -> int:
    """`python -m pipeline.tokenize RECIPE`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="a training recipe, as in recipes/train/")
    parser.add_argument("--workers", type=int, default=cores(), metavar="N", help="processes at once; never changes the output")
    options = parser.parse_args()
    try:
        recipe = load_train_recipe(options.recipe)
        job = TokenJob(recipe, dataset_facts(recipe), Path("build").resolve(), 8, options.workers)
        tokens = run(job)
    except SeedbedError as error:
        say(f"seedbed: {error}")
        return 2
    sys.stdout.write(f"tokens: {job.out} ({tokens.tokens})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
