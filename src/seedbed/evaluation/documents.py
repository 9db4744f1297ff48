"""Files of a held-out split, and draws among them that are the same every time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from seedbed.core.config.training import DatasetChoice
from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES
from seedbed.models.tokens.seeded_random import draws

TEST: Final = "test"
_ROWS_WITHOUT_ID: Final = "row {}"


@dataclass(frozen=True, slots=True)
class Document:
    """One file. `id` is unique in its dataset; `language` is a display name; `path` may be empty."""

    id: str
    language: str
    text: str
    path: str = ""

    @property
    def size_bytes(self) -> int:
        """Bytes of its UTF-8 form."""
        return len(self.text.encode("utf-8", "surrogatepass"))


def read_split(choice: DatasetChoice, split: str = TEST) -> list[Document]:
    """All files of a split in languages that there is a grammar for, ordered by id.

    Raises: InputError when there is no such dataset, or no such split in it.
    """
    from seedbed.models.tokens.dataset_rows import rows_of, splits_of  # takes the `datasets` library with it

    where = choice.path or choice.id
    if choice.path is not None and not Path(choice.path).is_dir():
        raise InputError(f"--data {choice.path}: no such folder. Allowed: a dataset folder, or an id on the Hub.")
    if split not in (there := splits_of(choice)):
        raise InputError(
            f"--data {where}: no split {split!r}. Allowed: a dataset that has it (this one has {', '.join(there) or 'none'})."
        )
    documents = (_document(row, number, choice.text_column) for number, row in enumerate(rows_of(choice, split)))
    return sorted((each for each in documents if each.language in LANGUAGES and each.text), key=lambda each: each.id)


def _document(row: Mapping[str, Any], number: int, text_column: str) -> Document:
    return Document(
        id=str(row.get("id") or _ROWS_WITHOUT_ID.format(number)),
        language=str(row.get("language") or ""),
        text=str(row[text_column] or ""),
        path=str(row.get("path") or ""),
    )


def drawn(documents: Iterable[Document], language: str, count: int, seed: int, purpose: str) -> list[Document]:
    """`count` documents of a language by chance that depends on seed, purpose and id alone, in the order of the draw."""
    candidates = (document for document in documents if document.language == language)
    return heapq.nsmallest(count, candidates, key=lambda each: (draws(seed, purpose, each.id)[0], each.id))


def languages_of(documents: Sequence[Document], wanted: Sequence[str] = ()) -> list[str]:
    """Languages that the documents have, in the order of `LANGUAGES`; only `wanted` ones where some are named."""
    there = {document.language for document in documents}
    return [name for name in LANGUAGES if name in there and (not wanted or name in wanted)]
