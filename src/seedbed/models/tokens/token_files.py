"""Projects to token files, through datatrove's own tokenizer step: what `DatatroveFolderDataset` reads."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.tokens.tokenizer import DocumentTokenizer, TokenizedFile
from tokenizers import Tokenizer

from seedbed.models.tokens.corpus import source_file
from seedbed.models.tokens.fim import Middle, Piece
from seedbed.models.tokens.packing import Group, groups, pieces
from seedbed.models.tokens.pretokenizer import SPECIAL_TOKENS

_IDS: Final = {token: number for number, token in enumerate(SPECIAL_TOKENS)}


class Groups(PipelineStep):
    """The files of a task as packed projects, in an order that depends on the seed alone."""

    name = "groups"
    type = "seedbed"

    def __init__(self, epochs: Mapping[str, float], seed: int) -> None:
        super().__init__()
        self.epochs, self.seed = dict(epochs), seed

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for group in groups([source_file(doc) for doc in data or ()], self.epochs, self.seed):
            yield Document(text="", id=f"{group.name}#{group.copy}", metadata={"group": group})


class GroupTokenizer(DocumentTokenizer):
    """One token file a task, and beside it the files and bytes of each language in it.

    datatrove's class gives the tokenizer, the size of a token and the file's format; what differs is that a project is
    made of pieces, and that a text which looks like a special token stays a text.
    """

    name = "tokens"
    type = "seedbed"

    def __init__(self, folder: Path, tokenizer: Path, middle: Middle, counts: Path) -> None:
        super().__init__(str(folder), str(tokenizer), shuffle_documents=False, save_final_metadata=False)
        self.middle, self.counts = middle, counts

    def write_unshuffled(self, data: DocumentsPipeline, filename: str) -> TokenizedFile:
        name = filename.replace("_unshuffled", "")  # the projects come in drawn order already
        written = TokenizedFile(self.output_folder, name, token_size=self.token_size)
        languages: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for doc in data or ():
            group: Group = doc.metadata["group"]
            written.write(encode(self.tokenizer, pieces(group, self.middle)), None)
            for file in group.files:
                size = languages[file.language]
                size[0] += 1
                size[1] += len(file.text.encode())
        written.close()
        counts = {"tokens": len(written), "languages": languages}
        (self.counts / f"{name}.json").write_text(json.dumps(counts), encoding="utf-8")
        return written


def encode(tokenizer: Tokenizer, told: Iterable[Piece]) -> list[int]:
    """Tokens of pieces, each tokenised on its own."""
    tokenizer.encode_special_tokens = True
    parts = list(told)
    texts = iter(tokenizer.encode_batch_fast([part.text for part in parts if not part.special], add_special_tokens=False))
    ids: list[int] = []
    for part in parts:
        ids.extend((_IDS[part.text],) if part.special else next(texts).ids)
    return ids
