"""The place of a completion in its file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from seedbed.models.inference.backend import FinishReason


@dataclass(frozen=True)
class Place:
    """The text before and behind a completion, its language (display name, "" where unknown), and why the model stopped;
    None while it still writes.
    """

    prefix: str
    suffix: str
    language: str
    finish_reason: FinishReason | None

    @cached_property
    def line_before(self) -> str:
        """The cursor's line up to the cursor."""
        return self.prefix.rpartition("\n")[2]

    @cached_property
    def last_written_line(self) -> str:
        """The last line before the cursor that is not blank, which may be the cursor's own."""
        return next((line for line in reversed(self.prefix[-5000:].split("\n")) if line.strip()), "")


def indentation(line: str) -> str:
    """Leading white space of a line."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def width(line: str) -> int:
    """Width of a line's indentation in columns; tab stops are every 8 columns."""
    return len(indentation(line).expandtabs(8))
