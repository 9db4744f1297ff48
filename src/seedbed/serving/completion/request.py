"""What an editor asks: the text around a cursor, and what it wants there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES, language_of
from seedbed.models.inference.backend import OtherFile, Sampling

MOST_CHARACTERS: Final = 2_000_000
"""Longest file that is looked at, in characters."""

MOST_CANDIDATES: Final = 16


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """The text before and behind a cursor.

    path: of the file, as the project names it; language: display name, told by the path where it is left out, "" where
    neither says; sampling: how to write, `sampling.n` candidates; context_tokens: what may be put before the model, None for
    all that fits; others: pieces of other files, those that matter most last.
    Raises: InputError for a language that is unknown, or for too much of anything.
    """

    prefix: str
    suffix: str = ""
    path: str = ""
    language: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    context_tokens: int | None = None
    others: tuple[OtherFile, ...] = ()

    def __post_init__(self) -> None:
        if self.language and self.language not in LANGUAGES:
            raise InputError(f"language: {self.language!r}. Allowed: {', '.join(LANGUAGES)}.")
        if not self.language:
            object.__setattr__(self, "language", language_of(self.path))
        if sum(len(one.path) + len(one.text) for one in self.others) > MOST_CHARACTERS:
            raise InputError(f"others: over {MOST_CHARACTERS:,} characters. Allowed: pieces of files near the cursor.")
        if len(self.prefix) + len(self.suffix) > MOST_CHARACTERS:
            raise InputError(f"prefix and suffix: over {MOST_CHARACTERS:,} characters. Allowed: the file around the cursor.")
        if self.sampling.n > MOST_CANDIDATES:
            raise InputError(f"n: {self.sampling.n}. Allowed: at most {MOST_CANDIDATES} candidates.")
        if self.context_tokens is not None and self.context_tokens < 1:
            raise InputError(f"context_tokens: {self.context_tokens}. Allowed: a whole number from 1.")
