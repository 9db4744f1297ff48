"""Groups to token files, through datatrove's own tokenizer step: what `DatatroveFolderDataset` reads."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.tokens.tokenizer import DocumentTokenizer, TokenizedFile
from tokenizers import Tokenizer

from seedbed.model.corpus import BUCKETS
from seedbed.model.fim import Piece
from seedbed.model.packing import Group, Middle, SourceFile, groups, pieces
from seedbed.model.pretokens import SPECIAL_TOKENS


class Groups(PipelineStep):
    """Projects of a split, packed: rank r of n takes the buckets r, r + n, ...; nothing else depends on n."""

    name = "groups"
    type = "seedbed"

    def __init__(self, folder: str, middle: Middle, epochs: Mapping[str, float]) -> None:
        super().__init__()
        self.folder, self.middle, self.epochs = Path(folder), middle, dict(epochs)

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        files = [file for bucket in range(rank, BUCKETS, world_size) for file in read_bucket(self.folder, bucket)]
        for group in groups(files, self.epochs, self.middle.seed):
            yield Document(text="", id=f"{group.project}#{group.copy}", metadata={"group": group})


class GroupTokenizer(DocumentTokenizer):
    """One token file a task, and the bytes and tokens of each language beside it."""

    name = "tokenize"
    type = "seedbed"

    def __init__(self, folder: str, tokenizer: str, middle: Middle, counts: str) -> None:
        super().__init__(folder, tokenizer, shuffle_documents=False, save_final_metadata=False)
        self.middle, self.counts = middle, Path(counts)

    def write_unshuffled(self, data: DocumentsPipeline, filename: str) -> TokenizedFile:
        written = TokenizedFile(self.output_folder, filename, token_size=self.token_size)
        languages: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for doc in data:
            group: Group = doc.metadata["group"]
            written.write(encode(self.tokenizer, pieces(group, self.middle)), None)
            for file in group.files:
                count = languages[file.language]
                count[0] += 1
                count[1] += len(file.text.encode())
        written.close()
        counts = {"tokens": len(written), "languages": languages}
        (self.counts / f"{filename}.json").write_text(json.dumps(counts), encoding="utf-8")
        return written


def encode(tokenizer: Tokenizer, told: Iterable[Piece]) -> list[int]:
    """Tokens of pieces, each tokenised on its own; a text that looks like a special token is a text."""
    tokenizer.encode_special_tokens = True
    special = {token: number for number, token in enumerate(SPECIAL_TOKENS)}
    ids: list[int] = []
    parts = list(told)
    texts = iter(tokenizer.encode_batch_fast([part.text for part in parts if not part.special], add_special_tokens=False))
    for part in parts:
        ids.extend([special[part.text]] if part.special else next(texts).ids)
    return ids


def read_bucket(folder: Path, bucket: int) -> list[SourceFile]:
    """Files of one bucket of a split, in an order of their own."""
    place = folder / f"{bucket:03d}"
    if not place.is_dir():
        return []
    read = JsonlReader(str(place), glob_pattern="*.jsonl.zst", add_file_path=False)
    files = [
        SourceFile(doc.id, doc.metadata["project"], doc.metadata["path"], doc.metadata["language"], doc.text) for doc in read()
    ]
    return sorted(files, key=lambda file: (file.id, file.text))
