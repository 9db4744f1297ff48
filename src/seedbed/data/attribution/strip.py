"""The step of the pipeline that strips texts for the index, in parallel; `build` puts them together."""

from __future__ import annotations

from collections.abc import Iterator

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from seedbed.data.attribution.layout import KEYS
from seedbed.data.attribution.tokens import stripped


class Strip(PipelineStep):
    """Leaves of each document its tokens on their lines, and what an index keeps of it."""

    name = "strip"
    type = "seedbed"

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for document in data or ():
            text = stripped(document.text, document.metadata["language"]).decode("utf-8", "surrogatepass")
            kept = {key: document.metadata[key] for key in KEYS if key in document.metadata}
            yield Document(text=text, id=document.id, metadata=kept)
