"""The step that trains the tokenizer, in a process of its own: what it takes of memory is gone with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.models.tokens.seeded_random import draws
from seedbed.models.tokens.tokenizer import save, train


class Sample(PipelineStep):
    """The files whose draw is below their language's share."""

    name = "sample"
    type = "seedbed"

    def __init__(self, shares: Mapping[str, float], seed: int) -> None:
        super().__init__()
        self.shares, self.seed = dict(shares), seed

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for doc in data or ():
            if draws(self.seed, "sample", doc.id)[0] < self.shares[doc.metadata["language"]]:
                yield doc


class TrainTokenizer(PipelineStep):
    """Train on all documents."""

    name = "tokenizer"
    type = "seedbed"

    def __init__(self, folder: Path, vocabulary_size: int, sample_bytes: int, context: int) -> None:
        super().__init__()
        self.folder, self.vocabulary_size, self.sample_bytes, self.context = folder, vocabulary_size, sample_bytes, context

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> None:
        tokenizer = train((doc.text for doc in data or ()), self.vocabulary_size, self.sample_bytes)
        save(tokenizer, self.folder, self.context)
