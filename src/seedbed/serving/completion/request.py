"""A completion request: the text around a cursor, and how to complete it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES, language_of
from seedbed.models.inference.backend import OtherFile, Sampling

MAX_CHARACTERS: Final = 2_000_000
"""Length limit of a file."""

MAX_CANDIDATES: Final = 16


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """The text before and behind a cursor.

    path: of the file, relative to the project; language: display name, by default that of `path`, "" for an unknown one;
    sampling: for `sampling.n` candidates; context_tokens: size limit of the prompt, None for all that fits; others: pieces of
    other files, the most relevant last.
    Raises: InputError for an unknown language, or a value over its limit.
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
        if sum(len(file.path) + len(file.text) for file in self.others) > MAX_CHARACTERS:
            raise InputError(f"others: over {MAX_CHARACTERS:,} characters. Allowed: pieces of files near the cursor.")
        if len(self.prefix) + len(self.suffix) > MAX_CHARACTERS:
            raise InputError(f"prefix and suffix: over {MAX_CHARACTERS:,} characters. Allowed: the file around the cursor.")
        if self.sampling.n > MAX_CANDIDATES:
            raise InputError(f"n: {self.sampling.n}. Allowed: at most {MAX_CANDIDATES} candidates.")
        if self.context_tokens is not None and self.context_tokens < 1:
            raise InputError(f"context_tokens: {self.context_tokens}. Allowed: a whole number from 1.")
