"""A completion in its place: between the text before it and the text behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from seedbed.core.syntax import Parsed, parse


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
