"""What an editor asks for, and a completion in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from seedbed.core.errors import InputError
from seedbed.core.syntax import LANGUAGES, Parsed, language_of, parse
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


@dataclass(frozen=True)
class Fragment:
    """A completion of `language` (display name), the text before it and the text behind it."""

    prefix: str
    completion: str
    suffix: str
    language: str

    @cached_property
    def text(self) -> str:
        """The file with the completion."""
        return self.prefix + self.completion + self.suffix

    @cached_property
    def parsed(self) -> Parsed | None:
        """Syntax tree of the file with the completion; None for a language without a grammar."""
        return parse(self.text, self.language)

    @cached_property
    def span(self) -> tuple[int, int]:
        """First byte of the completion in the file, and the first one behind it."""
        start = len(self.prefix.encode("utf-8", "surrogatepass"))
        return start, start + len(self.completion.encode("utf-8", "surrogatepass"))

    @cached_property
    def start(self) -> tuple[int, int]:
        """Line (from 1) and byte in that line where the completion starts."""
        return _place(self.prefix)

    @cached_property
    def end(self) -> tuple[int, int]:
        """Line and byte in it behind the completion."""
        return _place(self.prefix + self.completion)

    def line_of(self, file_line: int) -> int | None:
        """A line of the file (from 1) as a line of the completion (from 1); None outside of it."""
        line = file_line - self.start[0] + 1
        return line if 1 <= line <= self.completion.count("\n") + 1 else None

    def line_at(self, byte: int) -> int:
        """Line of the completion (from 1) at a byte of the file, the nearest one for a byte outside."""
        inside = self.completion.encode("utf-8", "surrogatepass")[: max(0, byte - self.span[0])]
        return inside.count(b"\n") + 1


def _place(text: str) -> tuple[int, int]:
    last = text.rpartition("\n")[2]
    return text.count("\n") + 1, len(last.encode("utf-8", "surrogatepass"))
