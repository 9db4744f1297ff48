"""Sums of the counts that the tasks of a token job wrote."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seedbed.core.io.checksums import file_sha256
from seedbed.models.tokens.job import TokenJob
from seedbed.models.tokens.manifest import TRAIN, VALIDATION, LanguageFacts, TokensManifest


def bytes_by_language(counts: Path) -> dict[str, int]:
    """UTF-8 bytes of each language, from the counts of `corpus.Spread`."""
    total: Counter[str] = Counter()
    for sizes in _records(counts):
        total.update({language: size for language, (_, size) in sizes.items()})
    return dict(sorted(total.items()))


def describe(job: TokenJob, folder: Path, epochs: dict[str, float]) -> TokensManifest:
    """tokens.json of a finished folder, from the counts of `token_files.GroupTokenizer`."""
    packed = {split: list(_records(job.folder("packed", split))) for split in (TRAIN, VALIDATION)}
    files = {split: _added(shards, 0) for split, shards in packed.items()}
    sizes = {split: _added(shards, 1) for split, shards in packed.items()}
    vocabulary_size = job.recipe.tokenizer.vocabulary_size
    return TokensManifest(
        key=job.key,
        dataset=job.dataset,
        recipe_sha256=job.recipe.sha256,
        vocabulary_size=vocabulary_size,
        token_bytes=2 if vocabulary_size <= 1 << 16 else 4,
        tokens={split: sum(shard["tokens"] for shard in shards) for split, shards in packed.items()},
        bytes={split: sum(total.values()) for split, total in sizes.items()},
        languages={
            name: LanguageFacts(files=files[TRAIN][name], bytes=sizes[TRAIN][name], epochs=epochs[name])
            for name in sorted(files[TRAIN])
        },
        tokenizer_sha256=file_sha256(folder / "tokenizer" / "tokenizer.json"),
        versions=dict(job.stage.code.packages),
    )


def _added(shards: list[dict[str, Any]], column: int) -> Counter[str]:
    total: Counter[str] = Counter()
    for shard in shards:
        total.update({language: amounts[column] for language, amounts in shard["languages"].items()})
    return total


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))
