"""What tests of evaluations ask: a tiny model, small tasks, and a model that knows what stood there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from seedbed.evaluation.prompts import CompletionProblem, Document
from seedbed.models.inference.backend import Cancelled, Completion, Ids, Piece, Sampling, never
from tests.models.small_dataset import code

DOCUMENTS = [Document(id=row["id"], language=row["language"], text=row["text"], path=row["path"]) for row in code()]

TASKS = {
    "lines": "kind: next-line\nproblems: 3\nsampling: {temperature: 0, max_new_tokens: 12}\n",
    "middles": "kind: infilling\ncut: span\nproblems: 2\nsampling: {n: 2, temperature: 0.8, max_new_tokens: 8}\n",
    "parsing": "kind: syntax\nproblems: 2\nsampling: {n: 2, max_new_tokens: 16}\n",
    "bits": "kind: bits-per-byte\nbytes: 1500\nlanguages: [Python, Go]\n",
    "waiting": "kind: latency\nproblems: 2\nprompt_tokens: 16\nnew_tokens: 4\nlanguages: [Python]\n",
}


def write_tasks(folder: Path, *names: str, problems: int | None = None) -> str:
    """The tasks as files, with so many problems of a language instead of their own; returns what --tasks takes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.yaml" for name in names or TASKS]
    for path in paths:
        text = TASKS[path.stem] if problems is None else re.sub(r"problems: \d+", f"problems: {problems}", TASKS[path.stem])
        path.write_text(f"name: {path.stem}\ntitle: {path.stem.title()}\n{text}")
    return ",".join(map(str, paths))


@dataclass
class Oracle:
    """Knows the answer to each prompt; ids are characters, and the marks of the middle are three that no file has."""

    answers: dict[str, str] = field(default_factory=dict)
    name: str = "oracle"
    context_tokens: int = 1 << 20
    has_fim: bool = True

    def told(self, questions: Sequence[CompletionProblem], *, fim: bool, wrong: str | None = None) -> Oracle:
        for one in questions:
            prompt = self.fim_prompt(one.prefix, one.suffix) if fim else self.plain_prompt(one.prefix)
            self.answers[_text(prompt)] = one.truth if wrong is None else wrong
        return self

    def encode(self, text: str) -> list[int]:
        return [ord(letter) for letter in text]

    def plain_prompt(self, prefix: str, *, path: str = "") -> list[int]:
        return self.encode(prefix)

    def fim_prompt(self, prefix: str, suffix: str, *, path: str = "") -> list[int]:
        return self.encode(f"\1{prefix}\2{suffix}\3")

    def generate(self, prompts: Sequence[Ids], sampling: Sampling, cancelled: Cancelled = never) -> list[list[Completion]]:
        return [[Completion(self.answers[_text(prompt)], (), (), "stop")] * sampling.n for prompt in prompts]

    def stream(self, prompt: Ids, sampling: Sampling, cancelled: Cancelled = never) -> Iterator[Piece]:
        yield Piece(self.answers[_text(prompt)], finish_reason="stop")

    def log_likelihood(self, ids: Ids) -> list[float]:
        return [-1.0] * (len(ids) - 1)

    def close(self) -> None: ...


def _text(ids: Ids) -> str:
    return "".join(map(chr, ids))
