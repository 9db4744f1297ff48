"""The step that trains the tokenizer, in a process of its own: what it takes of memory is gone with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.model.corpus import BUCKETS
from seedbed.model.draws import draws
from seedbed.model.token_files import read_bucket
from seedbed.model.tokenizer import save, train


class TrainTokenizer(PipelineStep):
    """Train on the files whose draw is below the share of their language."""

    name = "tokenizer"
    type = "seedbed"

    def __init__(
        self, files: str, out: str, *, vocabulary_size: int, context: int, shares: Mapping[str, float], seed: int
    ) -> None:
        super().__init__()
        self.files, self.out, self.vocabulary_size, self.context = Path(files), Path(out), vocabulary_size, context
        self.shares, self.seed = dict(shares), seed

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> None:
        texts = list(self._sample())
        size = sum(len(text) for text in texts)
        save(train(texts, self.vocabulary_size, size), self.out, self.context)

    def _sample(self) -> Iterator[str]:
        for bucket in range(BUCKETS):
            for file in read_bucket(self.files, bucket):
                if draws(self.seed, "tokenizer", file.id)[0] < self.shares.get(file.language, 0.0):
                    yield file.text
