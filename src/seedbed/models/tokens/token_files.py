"""Token files: written by datatrove's tokenizer step, read by its `DatatroveFolderDataset` and by `first_windows`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.tokens.tokenizer import DocumentTokenizer, TokenizedFile
from tokenizers import Tokenizer

from seedbed.core.errors import InputError
from seedbed.models.tokens.corpus import corpus_file
from seedbed.models.tokens.packing import FimSettings, Group, Segment, groups, segments
from seedbed.models.tokens.pretokenizer import SPECIAL_TOKENS

_IDS: Final = {token: number for number, token in enumerate(SPECIAL_TOKENS)}


class Groups(PipelineStep):
    """Group the files of a task by project, in an order that depends only on the seed."""

    name = "groups"
    type = "seedbed"

    def __init__(self, epochs: Mapping[str, float], seed: int) -> None:
        super().__init__()
        self.epochs, self.seed = dict(epochs), seed

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for group in groups([corpus_file(doc) for doc in data or ()], self.epochs, self.seed):
            yield Document(text="", id=f"{group.name}#{group.copy}", metadata={"group": group})


class GroupTokenizer(DocumentTokenizer):
    """Write one token file per task, and its files and bytes by language.

    datatrove's class provides the tokenizer, the token size and the file format. Different here: a project consists of segments,
    and text that looks like a special token stays text.
    """

    name = "tokens"
    type = "seedbed"

    def __init__(self, folder: Path, tokenizer: Path, fim: FimSettings, counts: Path) -> None:
        super().__init__(str(folder), str(tokenizer), shuffle_documents=False, save_final_metadata=False)
        self.fim, self.counts = fim, counts

    def write_unshuffled(self, data: DocumentsPipeline, filename: str) -> TokenizedFile:
        name = filename.replace("_unshuffled", "")  # the projects are in random order already
        written = TokenizedFile(self.output_folder, name, token_size=self.token_size)
        languages: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for doc in data or ():
            group: Group = doc.metadata["group"]
            written.write(encode(self.tokenizer, segments(group, self.fim)), None)
            for file in group.files:
                size = languages[file.language]
                size[0] += 1
                size[1] += len(file.text.encode())
        written.close()
        counts = {"tokens": len(written), "languages": languages}
        (self.counts / f"{name}.json").write_text(json.dumps(counts), encoding="utf-8")
        return written


def encode(tokenizer: Tokenizer, parts: Iterable[Segment]) -> list[int]:
    """Token ids of segments, each tokenised on its own."""
    tokenizer.encode_special_tokens = True
    parts = list(parts)
    texts = iter(tokenizer.encode_batch_fast([part.text for part in parts if not part.special], add_special_tokens=False))
    ids: list[int] = []
    for part in parts:
        ids.extend((_IDS[part.text],) if part.special else next(texts).ids)
    return ids


def first_windows(folder: Path, token_bytes: int, count: int, length: int) -> npt.NDArray[np.int64]:
    """The first tokens of a split, in windows.

    Shape: [count, length]; fewer or shorter windows where the split has fewer tokens.  Unit: token ids.
    Raises: InputError for a split of fewer than two tokens.
    """
    ids = np.zeros(0, dtype=np.int64)
    for path in sorted(folder.glob("*.ds")):
        stored = np.memmap(path, dtype=np.uint16 if token_bytes == 2 else np.uint32, mode="r")
        ids = np.concatenate([ids, stored[: count * length - len(ids)].astype(np.int64)])
    length = min(length, len(ids))
    if length < 2:
        raise InputError(f"{folder}: no tokens to try the model on. Run `seedbed tokenize` again.")
    rows = min(count, len(ids) // length)
    return ids[: rows * length].reshape(rows, length)
