"""Bytes per token of each language on files that the tokenizer has not seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from tokenizers import Tokenizer

from seedbed.models.tokens.tokenizer import load

FILE_NAME: Final = "tokenizer_report.json"
ALL: Final = "all"


class Measure(PipelineStep):
    """The report of a tokenizer on all documents of a split; a report without languages where there are none."""

    name = "report"
    type = "seedbed"

    def __init__(self, tokenizer: Path, split: str, out: Path) -> None:
        super().__init__()
        self.tokenizer, self.split, self.out = tokenizer, split, out

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> None:
        files = ((doc.metadata["language"], doc.text) for doc in data or ())
        languages = bytes_per_token(files, counter(load(self.tokenizer)))
        report = {"unit": "bytes per token", "split": self.split, "languages": languages}
        (self.out / FILE_NAME).write_text(json.dumps(report, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def bytes_per_token(files: Iterable[tuple[str, str]], count: Callable[[str], int]) -> dict[str, float]:
    """UTF-8 bytes over tokens, by language and over all, from (language, text); `count` gives the tokens of a text."""
    sizes: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    for language, text in files:
        number = count(text)
        for name in (language, ALL):
            sizes[name] += len(text.encode())
            tokens[name] += number
    return {name: round(sizes[name] / tokens[name], 4) for name in sorted(sizes)}


def counter(tokenizer: Tokenizer) -> Callable[[str], int]:
    """Tokens of a text that holds no special token of its own."""
    tokenizer.encode_special_tokens = True
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def read(folder: Path) -> Mapping[str, Any]:
    """The report of a folder of tokens."""
    report: dict[str, Any] = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    return report


def table(report: Mapping[str, Any]) -> list[str]:
    """A report as lines for a terminal."""
    rows = [f"{language:<12}{ratio:>17.2f}" for language, ratio in report["languages"].items()]
    return [f"{report['split']:<12}{report['unit']:>17}", *rows]
