"""The language of a document, by its content with the name as a hint, and a filter for the selected ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from datatrove.data import Document

from seedbed.core.config.recipe import Recipe
from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter
from seedbed.core.syntax.language import Identity
from seedbed.data.filters.language.decide import identify
from seedbed.data.filters.language.evidence import languages_by_name

__all__ = ["Identity", "LanguageFilter", "identify"]


class LanguageFilter(Filter):
    """Writes the language of each document; rejects languages that are not selected.

    Args: languages: display names to keep, as in `seedbed.core.syntax.LANGUAGES`; None keeps every document.
    """

    name = "language"
    passes = "files in a language of the recipe; the content decides, the name is a hint"
    columns = (
        Column("language", "string", "", "language by content, with the name as a hint"),
        Column("language_source", "string", "", "what decided: parse, shebang, name, model or content"),
        Column("language_by_name", "string", "", "what the file name alone says", nullable=True),
        Column("language_disagrees", "bool", "", "the content contradicts the file name"),
    )
    reasons = {
        "language_not_selected": "in a language that the recipe does not publish",
        "language_unknown": "neither name nor content identifies a language",
    }

    def __init__(self, languages: Sequence[str] | None) -> None:
        super().__init__()
        self.languages = None if languages is None else tuple(languages)

    @classmethod
    def from_recipe(cls, recipe: Recipe, legal: str) -> Self:
        return cls(recipe.languages)

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document: `language_unknown`, or `language_not_selected` with the language in `detail`."""
        path = doc.metadata.get("path") or ""
        named = languages_by_name(path.rpartition("/")[2])
        identity = identify(doc.text, path)
        doc.metadata |= {
            "language": identity.language or None,
            "language_source": identity.source,
            "language_by_name": named[0] if named else None,
            "language_disagrees": bool(named) and identity.language not in named,
        }
        if self.languages is None:
            return True
        if not identity.language:
            return False, "language_unknown"
        if identity.language not in self.languages:
            doc.metadata["detail"] = identity.language
            return False, "language_not_selected"
        return True
