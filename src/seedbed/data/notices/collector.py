"""The filter that collects the notices of each file; it rejects nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

from datatrove.data import Document

from seedbed.core.config.recipe import Recipe
from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter
from seedbed.data.filters.license.filters import COLUMNS as EVIDENCE
from seedbed.data.notices.scope import scopes
from seedbed.data.notices.statements import copyrights

FILES: Final = "_notice_files"
INCOMPLETE: Final = "_notice_incomplete"
"""Keys of a document between stages: the legal files that travel with it, and whether a limit cut its own statements."""


class NoticeCollector(Filter):
    """Writes the copyright statements of a file and the id of its notice; lets every document pass.

    Args: folder: what `LegalFiles` wrote at the ingest stage.
    """

    name = "notices"
    passes = "everything; copyright statements and license files that travel with a file are collected here"
    columns = (
        Column(
            "notice_id", "string", "", "its row in attribution.parquet: the copyright statements and license texts to pass on"
        ),
        Column("copyrights", "list<string>", "", "copyright statements of the file itself, as they are written there"),
    )

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder

    @classmethod
    def from_recipe(cls, recipe: Recipe, legal: str) -> Self:
        return cls(legal)

    def filter(self, doc: Document) -> bool:
        """Annotate one document; the answer is always True."""
        scope = scopes(self.folder, doc.metadata["source"]).of(doc.metadata["path"], _named(doc.metadata))
        own = copyrights(doc.text)
        doc.metadata |= {"notice_id": scope.notice_id, "copyrights": list(own.statements), FILES: list(scope.files)}
        if not own.is_complete:
            doc.metadata[INCOMPLETE] = True
        return True


def _named(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Files that the license evidence of a document names."""
    for column in EVIDENCE:
        yield from (metadata.get(column) or {}).get("files", ())
